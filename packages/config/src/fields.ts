import { isIPv6 } from 'node:net';
import { parseMinute, withEncodedPercents } from '@texas-ai/kernel';
import { z } from 'zod';
import { urlProblem } from './connection-url.js';

// The kinds of settings. The error message of each states what was expected.

declare module 'zod' {
  interface GlobalMeta {
    /**
     * Environment variable of a setting. If there are several, the last one that is set wins. In a record,
     * `<CHANNEL>` stands for the key in upper case.
     */
    env?: string | readonly string[];
    /** The variable is a comma-separated list. */
    list?: boolean;
    /** The value is, or may contain, a secret and is never shown. */
    secret?: boolean;
  }
}

/** A section of settings; an unknown name is an error. */
export const section = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, { error: 'a mapping of settings' });

/** A setting without a default: null if it is not set. */
export const orNull = <Schema extends z.ZodType>(schema: Schema) =>
  z.nullable(schema).default(null);

export const text = (expected: string) => z.string({ error: expected }).trim().min(1, expected);

export const integer = (min: number, max: number) => {
  const expected = `a whole number from ${min} to ${max}`;
  return z
    .number({ error: expected })
    .refine((value) => Number.isInteger(value) && value >= min && value <= max, expected);
};

/** How many days something is kept; `forever` becomes null. */
export const age = (min: number) => {
  const max = 36_500;
  const expected = `a whole number of days from ${min} to ${max}, or forever`;
  return z
    .custom<number | 'forever'>(
      (value) =>
        value === 'forever' ||
        (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max),
      expected,
    )
    .transform((days) => (days === 'forever' ? null : days));
};

/** Seconds; tests use fractions. */
export const seconds = (min: number, max: number) => {
  const expected = `seconds from ${min} to ${max}`;
  return z
    .number({ error: expected })
    .refine((value) => Number.isFinite(value) && value >= min && value <= max, expected);
};

export const money = z.number({ error: 'an amount of money' }).min(0, 'an amount of money');
export const flag = z.boolean({ error: 'true or false' });

const timeExpected = 'a time of day, written HH:MM';
export const timeOfDay = z
  .string({ error: timeExpected })
  .refine((value) => parseMinute(value) !== undefined && value !== '24:00', timeExpected);

export const oneOf = <const Values extends readonly string[]>(values: Values) =>
  z.enum(values, { error: values.join(' or ') });

export const url = (...schemes: string[]) => {
  const error = ({ input }: { input?: unknown }) => urlProblem(String(input), schemes) ?? '';
  return z
    .string({ error })
    .trim()
    .refine((value) => urlProblem(value, schemes) === undefined, { error, abort: true });
};

const qweatherExpected = 'the API host of a QWeather account';
export const qweatherHost = text(qweatherExpected).refine(
  (value) => URL.canParse(/^https?:\/\//.test(value) ? value : `https://${value}`),
  qweatherExpected,
);

/** Like curl, reads `proxy:3128` as `http://proxy:3128`. */
export const proxyUrl = z
  .preprocess(
    (value) =>
      typeof value === 'string' && !value.includes('://') ? `http://${value.trim()}` : value,
    url('http', 'https'),
  )
  .transform(withEncodedPercents);

/** A host name or address, or the directory of a Unix socket. */
export const serverHost = (expected: string) =>
  text(expected).refine(
    (value) => value.startsWith('/') || isIPv6(unbracketed(value)) || /^[^\s/@:,]+$/.test(value),
    `${expected}, without a scheme or port`,
  );

const unbracketed = (value: string) => value.replace(/^\[(.*)\]$/, '$1');

const keyExpected = 'printable ASCII characters without spaces';
export const key = z
  .string({ error: keyExpected })
  .trim()
  .regex(/^[\x21-\x7e]+$/, keyExpected);
export const password = z.string({ error: 'text' }).regex(/^\P{Cc}*$/u, 'a single line of text');

/** All queues. `outreach` is reserved: it has no jobs yet. */
export const queueNames = [
  'author-gemini',
  'author-offline',
  'days',
  'outreach',
  'maintenance',
  'alerts',
] as const;
const isQueueName = (name: unknown) => (queueNames as readonly unknown[]).includes(name);

const queuesExpected = `all, or some of ${queueNames.join(', ')}`;
export const queues = z.custom<'all' | readonly string[]>(
  (value) =>
    value === 'all' || (Array.isArray(value) && value.length > 0 && value.every(isQueueName)),
  queuesExpected,
);

/** First segments of the API's own paths. With `/v1` as the base path, `/v1/…` would be ambiguous. */
export const reservedSegments = [
  'admin',
  'collect-interactions',
  'docs',
  'generate-daily-life',
  'health',
  'metrics',
  'openapi.json',
  'v1',
];

const basePathExpected = `a path such as /texas, made up of letters, digits and . _ ~ -, that does not begin with one of the API's own segments (${reservedSegments.join(', ')})`;
/** The path prefix of the API without a trailing slash; empty if there is none. */
export const basePath = z
  .string({ error: basePathExpected })
  .regex(/^(\/[\w.~-]+)*\/?$/, basePathExpected)
  .refine((path) => {
    const segments = path.split('/').slice(1);
    return (
      !reservedSegments.includes(segments[0] ?? '') &&
      !segments.some((segment) => /^\.+$/.test(segment))
    );
  }, basePathExpected)
  .transform((path) => path.replace(/\/$/, ''));

const originExpected = 'origins such as https://example.org, without a path';
export const origins = z.array(
  z
    .string()
    .refine((value) => URL.canParse(value) && new URL(value).origin === value, originExpected),
  { error: originExpected },
);
