import { resolve } from 'node:path';
import { connectionUrl, readConnectionUrl } from './connection-url.js';
import type { Environment, Settings } from './schema.js';

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

interface Gemini<Key extends string | null> {
  readonly apiKey: Key;
  readonly model: string;
  readonly baseUrl: string | null;
  /** The key's quotas over the whole fleet; null where none is kept. */
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
  /** In the provider's day, which begins at midnight Pacific. */
  readonly requestsPerDay: number | null;
}

interface AuthoringNumbers {
  readonly fallback: 'offline' | 'none';
  readonly rewriteFallback: boolean;
  /** Calls that a day's waking hours are written in, besides the plan. */
  readonly chapters: number;
  readonly callTimeoutSeconds: number;
}

export type AuthoringConfig = AuthoringNumbers &
  (
    | { readonly author: 'gemini'; readonly gemini: Gemini<string> }
    | { readonly author: 'offline'; readonly gemini: Gemini<string | null> }
  );

interface Hefeng<Part extends string | null> {
  readonly apiHost: Part;
  readonly apiKey: Part;
}

export type WeatherConfig =
  | { readonly source: 'qweather'; readonly hefeng: Hefeng<string> }
  | { readonly source: 'seeded'; readonly hefeng: Hefeng<string | null> };

export interface DatabaseConfig<Url extends string | null> {
  /** `postgres://…`, with the password in it. */
  readonly url: Url;
  /** Most connections of one process. */
  readonly poolMax: number;
  readonly connectTimeoutSeconds: number;
  readonly acquireTimeoutSeconds: number;
  readonly statementTimeoutSeconds: number;
  readonly idleInTransactionTimeoutSeconds: number;
}

/** What may be spent; null where nothing is capped. Money is in the budget's currency. */
export interface CapsConfig {
  readonly dailyMoney: number | null;
  readonly dailyTokens: number | null;
  readonly monthlyMoney: number | null;
  readonly monthlyTokens: number | null;
}

export interface BudgetConfig
  extends Omit<DeepReadonly<Settings['budget']>, 'everybody' | 'eachCharacter'> {
  readonly everybody: CapsConfig;
  readonly eachCharacter: CapsConfig;
}

export interface MattermostConfig {
  readonly host: string;
  readonly token: string;
  readonly owner: string;
}

/**
 * Everything that can be configured; frozen to its depths. A URL is null only where the process
 * did not ask for it (`needs` of loadConfig).
 */
export interface Config<
  DatabaseUrl extends string | null = string | null,
  RedisUrl extends string | null = string | null,
> {
  readonly environment: Environment;
  /** Folder of local state, absolute. */
  readonly home: string;
  /** IANA zone of whatever belongs to no character. */
  readonly timeZone: string;
  /** A bootstrap key with all scopes. */
  readonly internalApiKey: string | null;
  readonly server: DeepReadonly<Required<Settings['server']>> & {
    readonly host: string;
    readonly drainSeconds: number;
  };
  readonly logging: {
    readonly level: Settings['logging']['level'];
    readonly format: 'readable' | 'json';
  };
  readonly database: DatabaseConfig<DatabaseUrl>;
  /** `url` is the queues', `cacheUrl` the cache's and the limits'. */
  readonly redis: { readonly url: RedisUrl; readonly cacheUrl: RedisUrl };
  readonly authoring: AuthoringConfig;
  readonly planning: DeepReadonly<Settings['planning']>;
  readonly budget: BudgetConfig;
  readonly weather: WeatherConfig;
  readonly worker: DeepReadonly<Settings['worker']>;
  readonly generations: DeepReadonly<Settings['generations']>;
  readonly limits: DeepReadonly<Settings['limits']>;
  /** Null where Mattermost is not used. */
  readonly mattermost: MattermostConfig | null;
  readonly backup: BackupConfig;
  readonly retention: RetentionConfig;
  /** `urls` and `secrets` by the channel's name in lower case, for example `wecom`. */
  readonly alerts: DeepReadonly<Settings['alerts']>;
  /** Through what requests to the outside go; null where they go directly. */
  readonly proxy: {
    readonly http: string | null;
    readonly https: string | null;
    readonly noProxy: string | null;
  };
  readonly metrics: { readonly port: number | null };
}

export interface BackupConfig
  extends DeepReadonly<
    Omit<Settings['backup'], 'dir' | 's3' | 'ageRecipient' | 'ageIdentityFile'>
  > {
  readonly dir: string;
  readonly ageRecipient: string | null;
  readonly ageIdentityFile: string | null;
  /** Null where dumps stay in `dir`. */
  readonly s3: {
    readonly endpoint: string | null;
    readonly region: string;
    readonly bucket: string;
    readonly prefix: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly pathStyle: boolean;
  } | null;
}

/** Ages in days; null where it is kept for ever. */
export type RetentionConfig = {
  readonly [Name in keyof Settings['retention']]: number | null;
};

/** What the apps see, made of settings that are valid and complete. */
export function makeConfig(root: string, environment: Environment, settings: Settings): Config {
  const production = environment === 'production';
  return deepFreeze({
    environment,
    home: resolve(root, settings.home),
    timeZone: settings.timeZone,
    internalApiKey: settings.internalApiKey ?? null,
    server: {
      ...settings.server,
      host: settings.server.host ?? (production ? '0.0.0.0' : '127.0.0.1'),
      // As long as a proxy may take to see that the api is not ready any more.
      drainSeconds: settings.server.drainSeconds ?? (production ? 5 : 0),
    },
    logging: {
      level: settings.logging.level,
      format: settings.logging.format ?? (production ? 'json' : 'readable'),
    },
    database: databaseOf(settings.database),
    redis: redisOf(settings.redis),
    authoring: authoringOf(settings.authoring),
    planning: settings.planning,
    budget: {
      ...settings.budget,
      everybody: capsOf(settings.budget.everybody),
      eachCharacter: capsOf(settings.budget.eachCharacter),
    },
    weather: weatherOf(settings.weather),
    worker: settings.worker,
    generations: settings.generations,
    limits: settings.limits,
    mattermost: mattermostOf(settings.mattermost),
    backup: backupOf(root, settings),
    retention: retentionOf(settings.retention),
    alerts: settings.alerts,
    proxy: {
      http: settings.proxy.http ?? null,
      https: settings.proxy.https ?? null,
      noProxy: settings.proxy.noProxy ?? null,
    },
    metrics: { port: settings.metrics.port ?? null },
  });
}

function backupOf(root: string, { home, backup }: Settings): BackupConfig {
  const { dir, s3, ageRecipient, ageIdentityFile, ...rest } = backup;
  const { endpoint, bucket, accessKeyId, secretAccessKey, ...place } = s3;
  return {
    ...rest,
    dir: dir === undefined ? resolve(root, home, 'backups') : resolve(root, dir),
    ageRecipient: ageRecipient ?? null,
    ageIdentityFile: ageIdentityFile === undefined ? null : resolve(root, ageIdentityFile),
    s3:
      bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined
        ? null
        : { ...place, endpoint: endpoint ?? null, bucket, accessKeyId, secretAccessKey },
  };
}

function retentionOf(settings: Settings['retention']): RetentionConfig {
  const days = (age: number | 'forever') => (age === 'forever' ? null : age);
  return {
    supersededDays: days(settings.supersededDays),
    experiencesDays: days(settings.experiencesDays),
    interactionsDays: days(settings.interactionsDays),
    costsDays: days(settings.costsDays),
    idempotencyDays: days(settings.idempotencyDays),
    alertsDays: days(settings.alertsDays),
  };
}

function databaseOf(settings: Settings['database']): DatabaseConfig<string | null> {
  const { url, host, port, user, password, name = user, ...limits } = settings;
  const fromParts =
    host === undefined
      ? null
      : connectionUrl({ scheme: 'postgres', host, port, user, password, name });
  return { url: url === undefined ? fromParts : readConnectionUrl(url), ...limits };
}

function redisOf({ url, host, port, password, cacheUrl }: Settings['redis']): Config['redis'] {
  const fromParts =
    host === undefined ? null : connectionUrl({ scheme: 'redis', host, port, password });
  const queues = url === undefined ? fromParts : readConnectionUrl(url);
  return { url: queues, cacheUrl: cacheUrl === undefined ? queues : readConnectionUrl(cacheUrl) };
}

function authoringOf({ author, gemini, ...numbers }: Settings['authoring']): AuthoringConfig {
  const { apiKey = null, baseUrl = null, model } = gemini;
  const { requestsPerMinute = null, tokensPerMinute = null, requestsPerDay = null } = gemini;
  const rest = { model, baseUrl, requestsPerMinute, tokensPerMinute, requestsPerDay };
  return apiKey !== null && author !== 'offline'
    ? { ...numbers, author: 'gemini', gemini: { apiKey, ...rest } }
    : { ...numbers, author: 'offline', gemini: { apiKey, ...rest } };
}

function capsOf(caps: Settings['budget']['everybody']): CapsConfig {
  const { dailyMoney = null, dailyTokens = null, monthlyMoney = null, monthlyTokens = null } = caps;
  return { dailyMoney, dailyTokens, monthlyMoney, monthlyTokens };
}

function weatherOf({ source, hefeng }: Settings['weather']): WeatherConfig {
  const { apiHost = null, apiKey = null } = hefeng;
  return source === 'qweather' && apiHost !== null && apiKey !== null
    ? { source, hefeng: { apiHost, apiKey } }
    : { source: 'seeded', hefeng: { apiHost, apiKey } };
}

function mattermostOf({ host, token, owner }: Settings['mattermost']): MattermostConfig | null {
  if (host === undefined || token === undefined || owner === undefined) return null;
  return { host, token, owner };
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value)) {
    if (typeof child === 'object' && child !== null) deepFreeze(child);
  }
  return Object.freeze(value);
}
