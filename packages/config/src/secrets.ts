import type { Config } from './config.js';

/** Shorter parts of a webhook's path are words, not keys. */
const shortestKeyInPath = 16;

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
  if (typeof text !== 'string' || !URL.canParse(text)) return [];
  const url = new URL(text);
  const inQuery = [...url.searchParams].filter(([name]) =>
    /key|token|pass|secret|sign/i.test(name),
  );
  return [url.password, decoded(url.password), ...inQuery.map(([, value]) => value)];
}

function webhookSecrets(text: string): string[] {
  const url = new URL(text);
  const keys = url.pathname.split('/').filter((part) => part.length >= shortestKeyInPath);
  return [text, url.href, ...urlSecrets(text), ...keys];
}

/** The text as it was before percent-encoding; as it is where it is not encoded properly. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
