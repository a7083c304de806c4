import { alertKinds, timeZoneSchema } from '@texas-ai/kernel';
import { z } from 'zod';
import {
  age,
  basePath,
  flag,
  integer,
  key,
  money,
  oneOf,
  origins,
  orNull,
  password,
  proxyUrl,
  queueNames,
  queues,
  qweatherHost,
  seconds,
  section,
  serverHost,
  text,
  timeOfDay,
  url,
} from './fields.js';
import { byModelName, geminiBaseUrl, modelName } from './gemini.js';
import { pricesSchema } from './prices.js';

// Every setting with its type, range, default and environment variable. `config/base.yml` describes what each
// does. Every setting may be left out, so that each layer can be validated alone; requirements.ts checks which
// settings require others.

export const environments = ['development', 'production', 'test'] as const;
export type Environment = (typeof environments)[number];

const caps = section({
  dailyMoney: orNull(money),
  dailyTokens: orNull(integer(0, 1_000_000_000_000)),
  monthlyMoney: orNull(money),
  monthlyTokens: orNull(integer(0, 1_000_000_000_000)),
}).prefault({});

/** A record by alert channel. */
const byChannel = <Value extends z.ZodType>(value: Value, what: string) =>
  z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), value, {
    error: `channel names in lower case, each with a ${what}`,
  });

export const settingsSchema = section({
  home: text('a folder').default('.local').meta({ env: 'TEXAS_HOME' }),
  timeZone: timeZoneSchema.default('Asia/Shanghai').meta({ env: 'TZ_DEFAULT' }),
  internalApiKey: orNull(key).meta({ env: 'INTERNAL_API_KEY', secret: true }),
  server: section({
    host: text('a host name or address').default('127.0.0.1').meta({ env: 'HOST' }),
    port: integer(0, 65_535).default(3000).meta({ env: 'PORT' }),
    basePath: basePath.default('').meta({ env: 'BASE_PATH' }),
    trustProxyHops: integer(0, 16).default(0),
    shutdownSeconds: integer(1, 600).default(30),
    drainSeconds: integer(0, 300).default(0),
    corsOrigins: origins.default([]),
  }).prefault({}),
  logging: section({
    level: oneOf(['error', 'warn', 'info', 'debug']).default('info').meta({ env: 'LOG_LEVEL' }),
    format: oneOf(['readable', 'json']).default('readable'),
  }).prefault({}),
  database: section({
    url: orNull(url('postgres', 'postgresql')).meta({ env: 'DATABASE_URL', secret: true }),
    host: orNull(serverHost('a host name, an address or the folder of a socket')).meta({
      env: 'POSTGRES_HOST',
    }),
    port: integer(1, 65_535).default(5432).meta({ env: 'POSTGRES_PORT' }),
    user: text('a user name').default('postgres').meta({ env: 'POSTGRES_USER' }),
    password: orNull(password).meta({ env: 'POSTGRES_PASSWORD', secret: true }),
    name: orNull(text('a database name')).meta({ env: 'POSTGRES_DB' }),
    // At least two: work under an advisory lock needs a second connection.
    poolMax: integer(2, 500).default(10),
    connectTimeoutSeconds: integer(1, 300).default(5),
    acquireTimeoutSeconds: integer(1, 300).default(10),
    statementTimeoutSeconds: integer(1, 3600).default(8),
    idleInTransactionTimeoutSeconds: integer(1, 3600).default(60),
  }).prefault({}),
  redis: section({
    url: orNull(url('redis', 'rediss')).meta({ env: 'REDIS_URL', secret: true }),
    host: orNull(serverHost('a host name or address')).meta({ env: 'REDIS_HOST' }),
    port: integer(1, 65_535).default(6379).meta({ env: 'REDIS_PORT' }),
    password: orNull(password).meta({ env: 'REDIS_PASSWORD', secret: true }),
    cacheUrl: orNull(url('redis', 'rediss')).meta({ env: 'CACHE_REDIS_URL', secret: true }),
  }).prefault({}),
  authoring: section({
    author: orNull(oneOf(['gemini', 'offline'])).meta({ env: 'AUTHOR' }),
    fallback: oneOf(['offline', 'none']).default('offline').meta({ env: 'AUTHOR_FALLBACK' }),
    rewriteFallback: flag.default(false),
    chapters: integer(1, 24).default(4),
    callTimeoutSeconds: integer(1, 600).default(300),
    gemini: section({
      apiKey: orNull(key).meta({ env: 'GEMINI_API_KEY', secret: true }),
      model: modelName.default('gemini-3.5-flash-lite').meta({ env: 'GEMINI_MODEL' }),
      baseUrl: orNull(geminiBaseUrl).meta({ env: 'GEMINI_BASE_URL', secret: true }),
      requestsPerMinute: orNull(integer(1, 1_000_000)),
      tokensPerMinute: orNull(integer(1, 1_000_000_000)),
      requestsPerDay: orNull(integer(1, 100_000_000)),
    }).prefault({}),
  }).prefault({}),
  planning: section({
    automatic: flag.default(true).meta({ env: 'PLANNING_AUTOMATIC' }),
    time: timeOfDay.default('04:00'),
  }).prefault({}),
  budget: section({
    prices: pricesSchema.transform(byModelName).default({}),
    // Shown beside amounts; nothing is converted.
    currency: text('a currency').default('USD'),
    nearPercent: integer(1, 100).default(80),
    everybody: caps,
    eachCharacter: caps,
  }).prefault({}),
  weather: section({
    source: oneOf(['seeded', 'qweather']).default('seeded').meta({ env: 'WEATHER_SOURCE' }),
    hefeng: section({
      apiHost: orNull(qweatherHost).meta({ env: 'HEFENG_API_HOST', secret: true }),
      apiKey: orNull(key).meta({ env: 'HEFENG_API_KEY', secret: true }),
    }).prefault({}),
  }).prefault({}),
  worker: section({
    queues: queues.default('all').meta({ env: 'WORKER_QUEUES', list: true }),
    concurrency: integer(1, 256).default(8).meta({ env: 'WORKER_CONCURRENCY' }),
    concurrencyOf: z
      .partialRecord(z.enum(queueNames), integer(1, 256), {
        error: `some of ${queueNames.join(', ')}, each with a number of jobs`,
      })
      .default({}),
    lockSeconds: seconds(0.5, 300).default(15),
    stallCheckSeconds: seconds(0.2, 300).default(5),
    heartbeatSeconds: seconds(0.2, 60).default(15),
    reconcileSeconds: seconds(0.2, 600).default(15),
    untouchedSeconds: seconds(0.5, 3600).default(60),
    retrySeconds: seconds(0.01, 600).default(15),
    retryStorageSeconds: seconds(0.01, 60).default(5),
    holdAnswerSeconds: seconds(0, 600).default(60),
    probeSeconds: seconds(0.2, 3600).default(300),
    failedJobsDays: integer(1, 365).default(7),
  }).prefault({}),
  generations: section({
    daysBack: integer(0, 36_500).default(366).meta({ env: 'GENERATION_DAYS_BACK' }),
    daysAhead: integer(0, 366).default(31).meta({ env: 'GENERATION_DAYS_AHEAD' }),
  }).prefault({}),
  limits: section({
    generationsPerMinute: integer(1, 1_000_000)
      .default(5)
      .meta({ env: 'RATE_LIMIT_GENERATIONS_PER_MINUTE' }),
    readsPerMinute: integer(1, 10_000_000)
      .default(6000)
      .meta({ env: 'RATE_LIMIT_READS_PER_MINUTE' }),
    failedAuthenticationsPerMinute: integer(1, 1_000_000).default(10),
  }).prefault({}),
  mattermost: section({
    host: orNull(text('the host name or URL of a Mattermost server')).meta({
      env: 'MATTERMOST_HOST',
      secret: true,
    }),
    token: orNull(key).meta({ env: 'MATTERMOST_TOKEN', secret: true }),
    owner: orNull(text('a user name')).meta({ env: 'MATTERMOST_OWNER' }),
  }).prefault({}),
  backup: section({
    automatic: flag.default(true).meta({ env: 'BACKUP_AUTOMATIC' }),
    time: timeOfDay.default('02:00'),
    dir: orNull(text('a folder')).meta({ env: 'BACKUP_DIR' }),
    retentionDays: integer(1, 3650).default(7).meta({ env: 'BACKUP_RETENTION_DAYS' }),
    retentionWeeks: integer(0, 520).default(0),
    retentionMonths: integer(0, 120).default(0),
    verify: oneOf(['daily', 'weekly', 'never']).default('weekly'),
    timeoutMinutes: integer(1, 10_000).default(120),
    clientFolders: z.array(text('a folder'), { error: 'a list of folders' }).default([]),
    ageRecipient: orNull(
      z
        .string({ error: 'an age recipient' })
        .regex(/^age1[a-z0-9]+$/, 'an age recipient, which starts with age1'),
    ).meta({ env: 'BACKUP_AGE_RECIPIENT' }),
    ageIdentityFile: orNull(text('a file')).meta({ env: 'BACKUP_AGE_IDENTITY_FILE' }),
    s3: section({
      endpoint: orNull(url('http', 'https')).meta({ env: 'BACKUP_S3_ENDPOINT', secret: true }),
      region: text('a region').default('us-east-1').meta({ env: 'BACKUP_S3_REGION' }),
      bucket: orNull(text('a bucket')).meta({ env: 'BACKUP_S3_BUCKET' }),
      prefix: z.string({ error: 'text' }).default('').meta({ env: 'BACKUP_S3_PREFIX' }),
      accessKeyId: orNull(key).meta({ env: 'BACKUP_S3_ACCESS_KEY_ID', secret: true }),
      secretAccessKey: orNull(key).meta({ env: 'BACKUP_S3_SECRET_ACCESS_KEY', secret: true }),
      pathStyle: flag.default(true),
    }).prefault({}),
  }).prefault({}),
  retention: section({
    supersededDays: age(1).default(30),
    experiencesDays: age(1).default(null),
    interactionsDays: age(1).default(null),
    // Budget forecasts look two weeks back, and the longest sum is a month.
    costsDays: age(31).default(null),
    idempotencyDays: age(1).default(30),
    alertsDays: age(1).default(365),
  }).prefault({}),
  alerts: section({
    urls: byChannel(url('http', 'https', 'smtp', 'smtps'), 'URL')
      .default({})
      .meta({ env: 'ALERT_<CHANNEL>_URL', secret: true }),
    secrets: byChannel(key, 'secret')
      .default({})
      .meta({ env: 'ALERT_<CHANNEL>_SECRET', secret: true }),
    routes: z
      .array(
        section({
          kinds: z.array(oneOf(alertKinds), { error: 'kinds of alerts' }).optional(),
          levels: z.array(oneOf(['warning', 'error']), { error: 'levels' }).optional(),
          channels: z.array(text('a channel'), { error: 'names of channels' }),
        }),
        { error: 'a list of routes' },
      )
      .default([]),
    queueWaitSeconds: seconds(1, 86_400).default(1800),
    watchSeconds: seconds(0.2, 600).default(15),
    dayMissingMinutes: integer(1, 1440).default(60),
    noWorkerSeconds: seconds(0.2, 3600).default(60),
  }).prefault({}),
  // As in curl, the lower-case name wins.
  proxy: section({
    http: orNull(proxyUrl).meta({ env: ['HTTP_PROXY', 'http_proxy'], secret: true }),
    https: orNull(proxyUrl).meta({ env: ['HTTPS_PROXY', 'https_proxy'], secret: true }),
    noProxy: orNull(text('host names, addresses or networks')).meta({
      env: ['NO_PROXY', 'no_proxy'],
    }),
  }).prefault({}),
  metrics: section({
    port: orNull(integer(0, 65_535)).meta({ env: 'METRICS_PORT' }),
  }).prefault({}),
});

/** All layers merged, with the defaults filled in. */
export type Settings = z.output<typeof settingsSchema>;
