import { isTimeZone } from '@texas-ai/kernel';
import { z } from 'zod';

// What may be set in a layer of configuration, with its type, range and default. A setting that
// is left out is valid everywhere, so each layer can be checked by itself; what must be set
// together is checked in requirements.ts. The error of a field says what was expected of it.

export const environments = ['development', 'production', 'test'] as const;
export type Environment = (typeof environments)[number];

const text = (expected: string) => z.string({ error: expected }).trim().min(1, expected);

const whole = (min: number, max: number) => {
  const expected = `a whole number from ${min} to ${max}`;
  return z
    .number({ error: expected })
    .refine((value) => Number.isInteger(value) && value >= min && value <= max, expected);
};

const oneOf = <const Values extends readonly string[]>(values: Values) =>
  z.enum(values, { error: values.join(' or ') });

const url = (...schemes: string[]) => {
  const expected = `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return z.string({ error: expected }).refine((value) => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    return parsed !== undefined && schemes.includes(parsed.protocol.slice(0, -1));
  }, expected);
};

const keyExpected = 'printable ASCII characters without spaces';
const key = z.string({ error: keyExpected }).regex(/^[\x21-\x7e]+$/, keyExpected);
const password = z.string({ error: 'text' });

const queuesExpected = 'all, or queue names such as days,outreach';
const queues = z.custom<'all' | readonly string[]>(
  (value) =>
    value === 'all' ||
    (Array.isArray(value) &&
      value.length > 0 &&
      value.every((name) => typeof name === 'string' && /^[a-z][a-z0-9-]*$/.test(name))),
  queuesExpected,
);

const originExpected = 'origins such as https://example.org, without a path';
const isOrigin = (value: string) => URL.canParse(value) && new URL(value).origin === value;

const section = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, { error: 'a mapping of settings' });

export const settingsSchema = section({
  /** Folder of local state; relative to the repository root. */
  home: text('a folder').default('.local'),
  /** IANA zone of whatever belongs to no character. */
  timeZone: z
    .string({ error: 'an IANA time zone, for example Asia/Shanghai' })
    .refine(isTimeZone, 'an IANA time zone, for example Asia/Shanghai')
    .default('Asia/Shanghai'),
  /** A bootstrap key with all scopes. */
  internalApiKey: key.optional(),
  server: section({
    host: text('a host name or address').optional(),
    /** 0 takes any free port. */
    port: whole(0, 65_535).default(3000),
    /** Proxies in front of the api whose X-Forwarded-For is believed. */
    trustProxyHops: whole(0, 16).default(0),
    /** Longest that a graceful stop may take. */
    shutdownSeconds: whole(1, 600).default(30),
    /** How long a stopping api still takes requests, so that those who send them can turn away. */
    drainSeconds: whole(0, 300).optional(),
    /** Origins whose pages may call the api from a browser, for example https://example.org. */
    corsOrigins: z
      .array(z.string().refine(isOrigin, originExpected), { error: originExpected })
      .default([]),
  }).prefault({}),
  logging: section({
    level: oneOf(['error', 'warn', 'info', 'debug']).default('info'),
    format: oneOf(['readable', 'json']).optional(),
  }).prefault({}),
  database: section({
    url: url('postgres', 'postgresql').optional(),
    host: text('a host name, an address or the folder of a socket').optional(),
    port: whole(1, 65_535).default(5432),
    user: text('a user name').default('postgres'),
    password: password.optional(),
    /** The database's name; by default the user's. */
    name: text('a database name').optional(),
    /** Most connections of one process. */
    poolMax: whole(1, 500).default(10),
    connectTimeoutSeconds: whole(1, 300).default(5),
    acquireTimeoutSeconds: whole(1, 300).default(10),
    statementTimeoutSeconds: whole(1, 3600).default(30),
    idleInTransactionTimeoutSeconds: whole(1, 3600).default(60),
  }).prefault({}),
  redis: section({
    url: url('redis', 'rediss').optional(),
    host: text('a host name or address').optional(),
    port: whole(1, 65_535).default(6379),
    password: password.optional(),
    /** Redis of the cache and the limits; by default the queues' own. */
    cacheUrl: url('redis', 'rediss').optional(),
  }).prefault({}),
  authoring: section({
    author: oneOf(['gemini', 'offline']).optional(),
    /** Who writes where Gemini failed for good. */
    fallback: oneOf(['offline', 'none']).default('none'),
    /** Calls that a day's waking hours are written in, besides the plan. */
    chapters: whole(1, 24).default(4),
    callTimeoutSeconds: whole(1, 600).default(300),
    gemini: section({
      apiKey: key.optional(),
      model: text('a model name').default('gemini-2.5-flash'),
      baseUrl: url('http', 'https').optional(),
    }).prefault({}),
  }).prefault({}),
  weather: section({
    source: oneOf(['seeded', 'qweather']).default('seeded'),
    hefeng: section({
      apiHost: text('the API host of a QWeather account').optional(),
      apiKey: key.optional(),
    }).prefault({}),
  }).prefault({}),
  worker: section({
    queues: queues.default('all'),
    /** Jobs of one queue that one process runs at a time. */
    concurrency: whole(1, 256).default(8),
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
    /** Folder of the dumps; relative to the repository root. */
    dir: text('a folder').optional(),
    retentionDays: whole(1, 3650).default(7),
  }).prefault({}),
  alerts: section({
    /** Webhook of each channel by the channel's name in lower case. */
    urls: z
      .record(z.string().regex(/^[a-z][a-z0-9_]*$/), url('http', 'https', 'smtp', 'smtps'), {
        error: 'channel names in lower case, each with a URL',
      })
      .default({}),
  }).prefault({}),
  metrics: section({
    port: whole(0, 65_535).optional(),
  }).prefault({}),
});

/** All layers together with the defaults filled in. */
export type Settings = z.infer<typeof settingsSchema>;
