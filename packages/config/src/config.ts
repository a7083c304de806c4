import { join, resolve } from 'node:path';
import { connectionUrl, normalizedUrl } from './connection-url.js';
import type { Environment, Settings } from './schema.js';

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

type ResolvedConfig = DeepReadonly<ReturnType<typeof resolveConfig>>;

/**
 * The configuration, deeply frozen. A server's URL is null if it is not set and the process does not need it (`needs`
 * of loadConfig).
 */
export interface Config<
  DatabaseUrl extends string | null = string | null,
  RedisUrl extends string | null = string | null,
> extends Omit<ResolvedConfig, 'database' | 'redis'> {
  readonly database: Omit<ResolvedConfig['database'], 'url'> & { readonly url: DatabaseUrl };
  readonly redis: { readonly url: RedisUrl; readonly cacheUrl: RedisUrl };
}

/** The settings with server addresses as URLs, paths absolute, and S3 and Mattermost null if they are not set. */
export function resolveConfig(root: string, environment: Environment, settings: Settings) {
  const { home, authoring, backup } = settings;
  const { ageIdentityFile } = backup;
  return deepFreeze({
    ...settings,
    environment,
    home: resolve(root, home),
    database: databaseOf(settings.database),
    redis: redisOf(settings.redis),
    authoring: { ...authoring, author: authorOf(authoring) },
    weather: weatherOf(settings.weather),
    mattermost: mattermostOf(settings.mattermost),
    backup: {
      ...backup,
      dir: resolve(root, backup.dir ?? join(home, 'backups')),
      ageIdentityFile: ageIdentityFile === null ? null : resolve(root, ageIdentityFile),
      s3: s3Of(backup.s3),
    },
  });
}

function databaseOf({ url, host, port, user, password, name, ...limits }: Settings['database']) {
  const fromParts =
    host && connectionUrl({ scheme: 'postgres', host, port, user, password, name: name ?? user });
  return { url: url === null ? fromParts : normalizedUrl(url), ...limits };
}

function redisOf({ url, host, port, password, cacheUrl }: Settings['redis']) {
  const fromParts = host && connectionUrl({ scheme: 'redis', host, port, password });
  const queues = url === null ? fromParts : normalizedUrl(url);
  return { url: queues, cacheUrl: cacheUrl === null ? queues : normalizedUrl(cacheUrl) };
}

function authorOf({ author, gemini }: Settings['authoring']) {
  const useGemini = gemini.apiKey !== null && author !== 'offline';
  return useGemini ? ('gemini' as const) : ('offline' as const);
}

function weatherOf({ source, hefeng: { apiHost, apiKey } }: Settings['weather']) {
  return source === 'qweather' && apiHost !== null && apiKey !== null
    ? { source, hefeng: { apiHost, apiKey } }
    : { source: 'seeded' as const, hefeng: { apiHost, apiKey } };
}

function mattermostOf({ host, token, owner }: Settings['mattermost']) {
  return host === null || token === null || owner === null ? null : { host, token, owner };
}

function s3Of({ bucket, accessKeyId, secretAccessKey, ...store }: Settings['backup']['s3']) {
  return bucket === null || accessKeyId === null || secretAccessKey === null
    ? null
    : { ...store, bucket, accessKeyId, secretAccessKey };
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value)) {
    if (typeof child === 'object' && child !== null) deepFreeze(child);
  }
  return Object.freeze(value);
}
