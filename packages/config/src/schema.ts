import { alertKinds, timeZoneSchema } from '@texas-ai/kernel';
import { z } from 'zod';
import {
  age,
  basePath,
  flag,
  key,
  money,
  oneOf,
  origins,
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
  whole,
} from './fields.js';
import { byModelName, geminiBaseUrl, modelName } from './gemini.js';
import { defaultPrices, pricesSchema } from './prices.js';

// What may be set in a layer of configuration, with its type, range and default. A setting that
// is left out is valid everywhere, so each layer can be checked by itself; what must be set
// together is checked in requirements.ts. The error of a field says what was expected of it.

export const environments = ['development', 'production', 'test'] as const;
export type Environment = (typeof environments)[number];

const capsSection = () =>
  section({
    dailyMoney: money.optional(),
    dailyTokens: whole(0, 1_000_000_000_000).optional(),
    monthlyMoney: money.optional(),
    monthlyTokens: whole(0, 1_000_000_000_000).optional(),
  }).prefault({});

export const settingsSchema = section({
  /** Folder of local state; relative to the repository root. */
  home: text('a folder').default('.local'),
  /** IANA zone of whatever belongs to no character. */
  timeZone: timeZoneSchema.default('Asia/Shanghai'),
  /** A bootstrap key with all scopes. */
  internalApiKey: key.optional(),
  server: section({
    host: text('a host name or address').optional(),
    /** 0 takes any free port. */
    port: whole(0, 65_535).default(3000),
    /** The path that a proxy serves the api below, whether it takes that away or not, for example /texas. */
    basePath: basePath.default(''),
    /** Proxies in front of the api whose X-Forwarded-For is believed. */
    trustProxyHops: whole(0, 16).default(0),
    /** Longest that a graceful stop may take. */
    shutdownSeconds: whole(1, 600).default(30),
    /** How long a stopping api still takes requests, so that those who send them can turn away. */
    drainSeconds: whole(0, 300).optional(),
    /** Origins whose pages may call the api from a browser, for example https://example.org. */
    corsOrigins: origins.default([]),
  }).prefault({}),
  logging: section({
    level: oneOf(['error', 'warn', 'info', 'debug']).default('info'),
    format: oneOf(['readable', 'json']).optional(),
  }).prefault({}),
  database: section({
    url: url('postgres', 'postgresql').optional(),
    host: serverHost('a host name, an address or the folder of a socket').optional(),
    port: whole(1, 65_535).default(5432),
    user: text('a user name').default('postgres'),
    password: password.optional(),
    /** The database's name; by default the user's. */
    name: text('a database name').optional(),
    /** Most connections of one process; what holds a lock needs another for its work. */
    poolMax: whole(2, 500).default(10),
    connectTimeoutSeconds: whole(1, 300).default(5),
    acquireTimeoutSeconds: whole(1, 300).default(10),
    statementTimeoutSeconds: whole(1, 3600).default(8),
    idleInTransactionTimeoutSeconds: whole(1, 3600).default(60),
  }).prefault({}),
  redis: section({
    url: url('redis', 'rediss').optional(),
    host: serverHost('a host name or address').optional(),
    port: whole(1, 65_535).default(6379),
    password: password.optional(),
    /** Redis of the cache and the limits; by default the queues' own. */
    cacheUrl: url('redis', 'rediss').optional(),
  }).prefault({}),
  authoring: section({
    author: oneOf(['gemini', 'offline']).optional(),
    /** Who finishes a day whose author failed for good, or is held until she soon wakes. */
    fallback: oneOf(['offline', 'none']).default('offline'),
    /** Whether a day that was finished so is written anew once its author is back. */
    rewriteFallback: flag.default(false),
    /** Calls that a day's waking hours are written in, besides the plan. */
    chapters: whole(1, 24).default(4),
    callTimeoutSeconds: whole(1, 600).default(300),
    gemini: section({
      apiKey: key.optional(),
      model: modelName.default('gemini-3.5-flash-lite'),
      baseUrl: geminiBaseUrl.optional(),
      /** The quotas of the key, over the whole fleet; none are kept where they are not set. */
      requestsPerMinute: whole(1, 1_000_000).optional(),
      tokensPerMinute: whole(1, 1_000_000_000).optional(),
      /** The provider's day begins at midnight Pacific. */
      requestsPerDay: whole(1, 100_000_000).optional(),
    }).prefault({}),
  }).prefault({}),
  /** Each character's day is planned by itself, early on the same local date. */
  planning: section({
    automatic: flag.default(true),
    /** Local to the character. */
    time: timeOfDay.default('04:00'),
  }).prefault({}),
  /** What authors may spend, by days and months of `timeZone`. */
  budget: section({
    /** By model; what another costs is not known. */
    prices: pricesSchema.transform(byModelName).default(defaultPrices),
    /** Of prices and caps; shown, never converted. */
    currency: text('a currency').default('USD'),
    /** From which share of a cap on days are written in fewer chapters. */
    nearPercent: whole(1, 100).default(80),
    everybody: capsSection(),
    eachCharacter: capsSection(),
  }).prefault({}),
  weather: section({
    source: oneOf(['seeded', 'qweather']).default('seeded'),
    hefeng: section({
      apiHost: qweatherHost.optional(),
      apiKey: key.optional(),
    }).prefault({}),
  }).prefault({}),
  worker: section({
    queues: queues.default('all'),
    /** Jobs of one queue that one process runs at a time. */
    concurrency: whole(1, 256).default(8),
    /** The same for single queues. */
    concurrencyOf: z
      .partialRecord(z.enum(queueNames), whole(1, 256), {
        error: `some of ${queueNames.join(', ')}, each with a number of jobs`,
      })
      .default({}),
    /** After this time without a sign of life another worker takes a job. */
    lockSeconds: seconds(0.5, 300).default(15),
    stallCheckSeconds: seconds(0.2, 300).default(5),
    /** How often the row of a generation is touched while an author works on it. */
    heartbeatSeconds: seconds(0.2, 60).default(15),
    /** How often lost work is looked for, and how long nobody may have touched it. */
    reconcileSeconds: seconds(0.2, 600).default(15),
    untouchedSeconds: seconds(0.5, 3600).default(60),
    /** The wait after a first failure; four times as long after each further one, 600 s at most. */
    retrySeconds: seconds(0.01, 600).default(15),
    /** The wait after a failure of storage or queue. */
    retryStorageSeconds: seconds(0.01, 60).default(5),
    /** How long a paid answer is held while it cannot be stored. */
    holdAnswerSeconds: seconds(0, 600).default(60),
    /** How often an author is probed that only a person can bring back, a refused key for example. */
    probeSeconds: seconds(0.2, 3600).default(300),
    /** How long the queues keep a job that failed, for the board to show. */
    failedJobsDays: whole(1, 365).default(7),
  }).prefault({}),
  /** Dates, counted from a character's today, that a generation may be asked for. */
  generations: section({
    daysBack: whole(0, 36_500).default(366),
    daysAhead: whole(0, 366).default(31),
  }).prefault({}),
  limits: section({
    /** For each key, counted over all processes. */
    generationsPerMinute: whole(1, 1_000_000).default(5),
    /** For each key, counted in one process. */
    readsPerMinute: whole(1, 10_000_000).default(6000),
    /** For each address, counted in one process; only further failures are refused. */
    failedAuthenticationsPerMinute: whole(1, 1_000_000).default(10),
  }).prefault({}),
  mattermost: section({
    host: text('the host name or URL of a Mattermost server').optional(),
    token: key.optional(),
    /** User name of the person the characters write to. */
    owner: text('a user name').optional(),
  }).prefault({}),
  backup: section({
    /** Whether one is made every day at this time of timeZone. */
    automatic: flag.default(true),
    time: timeOfDay.default('02:00'),
    /** Folder of the dumps; relative to the repository root, by default below `home`. */
    dir: text('a folder').optional(),
    /** How many days, weeks and months have their newest backup kept. */
    retentionDays: whole(1, 3650).default(7),
    retentionWeeks: whole(0, 520).default(0),
    retentionMonths: whole(0, 120).default(0),
    /** How often the newest is restored into a scratch database and compared. */
    verify: oneOf(['daily', 'weekly', 'never']).default('weekly'),
    /** A dump, an upload or a verification that takes longer hangs. */
    timeoutMinutes: whole(1, 10_000).default(120),
    /** Where pg_dump and pg_restore are, beyond PATH and the usual folders. */
    clientFolders: z.array(text('a folder'), { error: 'a list of folders' }).default([]),
    /** age: whoever has the identity can read the dumps, and this machine cannot. */
    ageRecipient: z
      .string({ error: 'an age recipient' })
      .regex(/^age1[a-z0-9]+$/, 'an age recipient, which starts with age1')
      .optional(),
    /** A file that holds the identity, for verifying and restoring encrypted dumps here. */
    ageIdentityFile: text('a file').optional(),
    s3: section({
      /** Of a store that is not Amazon's. */
      endpoint: url('http', 'https').optional(),
      region: text('a region').default('us-east-1'),
      bucket: text('a bucket').optional(),
      /** Where the names of its objects begin. */
      prefix: z.string({ error: 'text' }).default(''),
      accessKeyId: key.optional(),
      secretAccessKey: key.optional(),
      /** The bucket in the path, not in the host name, as most stores want it. */
      pathStyle: flag.default(true),
    }).prefault({}),
  }).prefault({}),
  /** After how many days what is removed, early every night; a life is kept for ever by default. */
  retention: section({
    /** Generations since a newer one replaced them, and failed or cancelled ones since they ended. */
    supersededDays: age(1).default(30),
    /** Whole days of a life, by their date. */
    experiencesDays: age(1).default('forever'),
    /** Interactions alone, by the date of their day. */
    interactionsDays: age(1).default('forever'),
    /** Single author calls; what they cost in sum is kept. Forecasts look two weeks back. */
    costsDays: age(31).default('forever'),
    /** How long the repeat of a request is known by its Idempotency-Key. */
    idempotencyDays: age(1).default(30),
    /** Alerts, since they recovered. */
    alertsDays: age(1).default(365),
  }).prefault({}),
  alerts: section({
    /** Webhook of each channel by the channel's name in lower case. */
    urls: z
      .record(z.string().regex(/^[a-z][a-z0-9_]*$/), url('http', 'https', 'smtp', 'smtps'), {
        error: 'channel names in lower case, each with a URL',
      })
      .default({}),
    /** What a channel signs with, where it does. */
    secrets: z
      .record(z.string().regex(/^[a-z][a-z0-9_]*$/), key, {
        error: 'channel names in lower case, each with a secret',
      })
      .default({}),
    /** Which alerts go where; the first route that fits counts. By default all go everywhere. */
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
    /** How long a queue's oldest job may wait, and how often it is looked at. */
    queueWaitSeconds: seconds(1, 86_400).default(1800),
    watchSeconds: seconds(0.2, 600).default(15),
    /** How long after its planning time a day may be missing. */
    dayMissingMinutes: whole(1, 1440).default(60),
    /** How long a workers' silence is no trouble. */
    noWorkerSeconds: seconds(0.2, 3600).default(60),
  }).prefault({}),
  /** Through what requests to the outside go: those to `http://` and those to `https://`. */
  proxy: section({
    http: proxyUrl.optional(),
    https: proxyUrl.optional(),
    /** Hosts and networks that bypass the proxy, separated by commas; see docs/operations.md. */
    noProxy: text('host names, addresses or networks').optional(),
  }).prefault({}),
  metrics: section({
    port: whole(0, 65_535).optional(),
  }).prefault({}),
});

/** All layers together with the defaults filled in. */
export type Settings = z.infer<typeof settingsSchema>;
