/** An environment variable and the setting it gives. */
export interface Variable {
  readonly name: string;
  /** Dotted path of the setting. */
  readonly path: string;
  readonly kind: 'text' | 'number' | 'list';
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
const hidden = (name: string, path: string): Variable => ({ ...text(name, path), hidden: true });

/** All variables but NODE_ENV, which chooses a layer, and the alert channels. */
const fixedVariables: readonly Variable[] = [
  text('TEXAS_HOME', 'home'),
  text('TZ_DEFAULT', 'timeZone'),
  hidden('INTERNAL_API_KEY', 'internalApiKey'),
  text('HOST', 'server.host'),
  number('PORT', 'server.port'),
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
  hidden('GEMINI_API_KEY', 'authoring.gemini.apiKey'),
  text('GEMINI_MODEL', 'authoring.gemini.model'),
  hidden('GEMINI_BASE_URL', 'authoring.gemini.baseUrl'),
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
  number('METRICS_PORT', 'metrics.port'),
];

const hiddenPaths = ['alerts.urls', ...fixedVariables.filter((v) => v.hidden).map((v) => v.path)];

/** The fixed variables and one for each `ALERT_<CHANNEL>_URL` or `…_URL_FILE` that is there. */
export function variablesOf(environment: Readonly<Record<string, string | undefined>>): Variable[] {
  const channels = Object.keys(environment).flatMap((name) => {
    const channel = /^ALERT_([A-Z][A-Z0-9_]*?)_URL(?:_FILE)?$/.exec(name)?.[1];
    return channel === undefined ? [] : [channel];
  });
  return [
    ...fixedVariables,
    ...[...new Set(channels)].map((channel) =>
      hidden(`ALERT_${channel}_URL`, `alerts.urls.${channel.toLowerCase()}`),
    ),
  ];
}

/** Whether the value at a path may be shown: neither a secret nor something that holds or lies in one. */
export function mayShow(path: string): boolean {
  return !hiddenPaths.some(
    (secret) => `${secret}.`.startsWith(`${path}.`) || path.startsWith(`${secret}.`),
  );
}
