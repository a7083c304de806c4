import { percentDecoded } from '@texas-ai/kernel';
import type { Config } from './config.js';
import { keyInQuery, readAddress } from './connection-url.js';

/** From this length on a part of a webhook's address is a key even where it looks like words. */
const surelyKey = 16;
const shortestKeyInPath = 8;
const shortestKeyInQuery = 6;

/**
 * Every secret value of the configuration, for redaction: keys, tokens, passwords inside URLs
 * as written and decoded, and webhook URLs with the parts of them that give access.
 */
export function secretsOf(config: Config): string[] {
  const secrets = [
    config.internalApiKey,
    config.authoring.gemini.apiKey,
    config.weather.hefeng.apiKey,
    config.mattermost?.token,
    ...urlSecrets(config.database.url),
    ...urlSecrets(config.redis.url),
    ...urlSecrets(config.redis.cacheUrl),
    ...urlSecrets(config.proxy.http),
    ...urlSecrets(config.proxy.https),
    ...urlSecrets(config.authoring.gemini.baseUrl),
    ...urlSecrets(config.weather.hefeng.apiHost),
    ...urlSecrets(config.mattermost?.host),
    ...Object.values(config.alerts.urls).flatMap(webhookSecrets),
    ...Object.values(config.alerts.secrets),
    config.backup.s3?.accessKeyId,
    config.backup.s3?.secretAccessKey,
  ];
  return [...new Set(secrets.filter((secret) => typeof secret === 'string').filter(Boolean))];
}

function urlSecrets(text: string | null | undefined): string[] {
  const url = typeof text === 'string' ? readAddress(text) : undefined;
  if (url === undefined) return [];
  const inQuery = [...url.searchParams].filter(([name]) => keyInQuery.test(name));
  return [url.password, percentDecoded(url.password), ...inQuery.map(([, value]) => value)];
}

/**
 * The whole of it, its path with its query, since servers repeat those (“Cannot POST /…”), and each part
 * of them that may be a key. The address of a mail server has only its password to hide.
 */
function webhookSecrets(text: string): string[] {
  const url = new URL(text);
  const known = [text, url.href, ...urlSecrets(text)];
  if (url.protocol.startsWith('smtp')) return known;
  const request = `${url.pathname}${url.search}`;
  const inPath = url.pathname.split('/').filter((part) => mayBeKey(part, shortestKeyInPath));
  const inQuery = [...url.searchParams.values()].filter((value) =>
    mayBeKey(value, shortestKeyInQuery),
  );
  const whole = request === '/' ? [] : [request, percentDecoded(request)];
  return [...known, ...whole, ...inPath, ...inPath.map(percentDecoded), ...inQuery];
}

/** Words such as `services` and `open-apis` are no keys: to hide them would spoil ordinary text. */
function mayBeKey(text: string, shortest: number): boolean {
  const isWord = /^[A-Z]?[a-z]+(?:[-_.][A-Z]?[a-z]+)*$/.test(text);
  return text.length >= surelyKey || (text.length >= shortest && !isWord);
}
