/** An environment variable and the setting it gives. */
export interface Variable {
  readonly name: string;
  /** Dotted path of the setting. */
  readonly path: string;
  readonly kind: 'text' | 'number' | 'list' | 'flag';
  /** Its value, or a part of it, may be secret and is never shown. */
  readonly hidden: boolean;
}

const text = (name: string, path: string): Variable => ({
  name,
  path,
  kind: 'text',
  hidden: false,
});
const number = (name: string, path: string): Variable => ({ ...text(name, path), kind: 'number' });
const list = (name: string, path: string): Variable => ({ ...text(name, path), kind: 'list' });
const flag = (name: string, path: string): Variable => ({ ...text(name, path), kind: 'flag' });
const hidden = (name: string, path: string): Variable => ({ ...text(name, path), hidden: true });

/** All variables but NODE_ENV, which chooses a layer, and the alert channels. */
const fixedVariables: readonly Variable[] = [
  text('TEXAS_HOME', 'home'),
  text('TZ_DEFAULT', 'timeZone'),
  hidden('INTERNAL_API_KEY', 'internalApiKey'),
  text('HOST', 'server.host'),
  number('PORT', 'server.port'),
  text('BASE_PATH', 'server.basePath'),
  text('LOG_LEVEL', 'logging.level'),
  hidden('DATABASE_URL', 'database.url'),
  text('POSTGRES_HOST', 'database.host'),
  number('POSTGRES_PORT', 'database.port'),
  text('POSTGRES_USER', 'database.user'),
  hidden('POSTGRES_PASSWORD', 'database.password'),
  text('POSTGRES_DB', 'database.name'),
  hidden('REDIS_URL', 'redis.url'),
  text('REDIS_HOST', 'redis.host'),
  number('REDIS_PORT', 'redis.port'),
  hidden('REDIS_PASSWORD', 'redis.password'),
  hidden('CACHE_REDIS_URL', 'redis.cacheUrl'),
  text('AUTHOR', 'authoring.author'),
  text('AUTHOR_FALLBACK', 'authoring.fallback'),
  hidden('GEMINI_API_KEY', 'authoring.gemini.apiKey'),
  text('GEMINI_MODEL', 'authoring.gemini.model'),
  hidden('GEMINI_BASE_URL', 'authoring.gemini.baseUrl'),
  flag('PLANNING_AUTOMATIC', 'planning.automatic'),
  text('WEATHER_SOURCE', 'weather.source'),
  hidden('HEFENG_API_HOST', 'weather.hefeng.apiHost'),
  hidden('HEFENG_API_KEY', 'weather.hefeng.apiKey'),
  list('WORKER_QUEUES', 'worker.queues'),
  number('WORKER_CONCURRENCY', 'worker.concurrency'),
  number('RATE_LIMIT_GENERATIONS_PER_MINUTE', 'limits.generationsPerMinute'),
  number('RATE_LIMIT_READS_PER_MINUTE', 'limits.readsPerMinute'),
  number('GENERATION_DAYS_BACK', 'generations.daysBack'),
  number('GENERATION_DAYS_AHEAD', 'generations.daysAhead'),
  hidden('MATTERMOST_HOST', 'mattermost.host'),
  hidden('MATTERMOST_TOKEN', 'mattermost.token'),
  text('MATTERMOST_OWNER', 'mattermost.owner'),
  text('BACKUP_DIR', 'backup.dir'),
  number('BACKUP_RETENTION_DAYS', 'backup.retentionDays'),
  flag('BACKUP_AUTOMATIC', 'backup.automatic'),
  text('BACKUP_AGE_RECIPIENT', 'backup.ageRecipient'),
  text('BACKUP_AGE_IDENTITY_FILE', 'backup.ageIdentityFile'),
  hidden('BACKUP_S3_ENDPOINT', 'backup.s3.endpoint'),
  text('BACKUP_S3_REGION', 'backup.s3.region'),
  text('BACKUP_S3_BUCKET', 'backup.s3.bucket'),
  text('BACKUP_S3_PREFIX', 'backup.s3.prefix'),
  hidden('BACKUP_S3_ACCESS_KEY_ID', 'backup.s3.accessKeyId'),
  hidden('BACKUP_S3_SECRET_ACCESS_KEY', 'backup.s3.secretAccessKey'),
  // Of two that say the same the later one counts, as it does to curl.
  hidden('HTTP_PROXY', 'proxy.http'),
  hidden('http_proxy', 'proxy.http'),
  hidden('HTTPS_PROXY', 'proxy.https'),
  hidden('https_proxy', 'proxy.https'),
  text('NO_PROXY', 'proxy.noProxy'),
  text('no_proxy', 'proxy.noProxy'),
  number('METRICS_PORT', 'metrics.port'),
];

const hiddenPaths = [
  'alerts.urls',
  'alerts.secrets',
  ...fixedVariables.filter((v) => v.hidden).map((v) => v.path),
];

const channelSettings: Record<string, string> = { URL: 'urls', SECRET: 'secrets' };

/**
 * The fixed variables and one for each `ALERT_<CHANNEL>_URL`, `ALERT_<CHANNEL>_SECRET` or
 * `…_FILE` of them that is there.
 */
export function variablesOf(environment: Readonly<Record<string, string | undefined>>): Variable[] {
  const found = new Map<string, Variable>();
  for (const name of Object.keys(environment)) {
    const [, channel, part = ''] =
      /^ALERT_([A-Z][A-Z0-9_]*?)_(URL|SECRET)(?:_FILE)?$/.exec(name) ?? [];
    if (channel === undefined) continue;
    const variable = `ALERT_${channel}_${part}`;
    const path = `alerts.${channelSettings[part]}.${channel.toLowerCase()}`;
    found.set(variable, hidden(variable, path));
  }
  return [...fixedVariables, ...found.values()];
}

/** Whether the value at a path may be shown: neither a secret nor something that holds or lies in one. */
export function mayShow(path: string): boolean {
  return !hiddenPaths.some(
    (secret) => `${secret}.`.startsWith(`${path}.`) || path.startsWith(`${secret}.`),
  );
}
