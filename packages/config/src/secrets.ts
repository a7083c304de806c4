import { percentDecoded } from '@texas-ai/kernel';
import type { Config } from './config.js';
import { parseServerUrl, secretParameter } from './connection-url.js';

/** From this length on, a part of a webhook URL counts as a key even if it looks like words. */
const alwaysKeyLength = 16;
const minKeyLengthInPath = 8;
const minKeyLengthInQuery = 6;

/**
 * All secret values of the configuration, for redaction: keys, tokens, passwords in URLs (encoded and decoded),
 * and webhook URLs with their secret parts.
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
  const url = parseServerUrl(text ?? '');
  if (url === undefined) return [];
  const inQuery = [...url.searchParams].filter(([name]) => secretParameter.test(name));
  return [url.password, percentDecoded(url.password), ...inQuery.map(([, value]) => value)];
}

/**
 * The whole URL, its path with its query (servers repeat these in errors, “Cannot POST /…”), and each part of
 * them that may be a key. A mail server's URL has no secret but its password.
 */
function webhookSecrets(text: string): string[] {
  const url = new URL(text);
  const known = [text, url.href, ...urlSecrets(text)];
  if (url.protocol.startsWith('smtp')) return known;
  const request = `${url.pathname}${url.search}`;
  const inPath = url.pathname.split('/').filter((part) => mayBeKey(part, minKeyLengthInPath));
  const inQuery = [...url.searchParams.values()].filter((value) =>
    mayBeKey(value, minKeyLengthInQuery),
  );
  const requests = request === '/' ? [] : [request, percentDecoded(request)];
  return [...known, ...requests, ...inPath, ...inPath.map(percentDecoded), ...inQuery];
}

/** Words such as `services` and `open-apis` are not keys; redacting them would garble ordinary text. */
function mayBeKey(text: string, minLength: number): boolean {
  const isWord = /^[A-Z]?[a-z]+(?:[-_.][A-Z]?[a-z]+)*$/.test(text);
  return text.length >= alwaysKeyLength || (text.length >= minLength && !isWord);
}
