import { isIPv6 } from 'node:net';
import { parseMinute, withEncodedPercents } from '@texas-ai/kernel';
import { z } from 'zod';
import { urlProblem } from './connection-url.js';

// Kinds of settings. The error of each says what was expected.

export const text = (expected: string) => z.string({ error: expected }).trim().min(1, expected);

export const whole = (min: number, max: number) => {
  const expected = `a whole number from ${min} to ${max}`;
  return z
    .number({ error: expected })
    .refine((value) => Number.isInteger(value) && value >= min && value <= max, expected);
};

/** How many days something is kept. */
export const age = (min: number) => {
  const most = 36_500;
  const expected = `a whole number of days from ${min} to ${most}, or forever`;
  return z.custom<number | 'forever'>(
    (value) =>
      value === 'forever' ||
      (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= most),
    expected,
  );
};

/** Seconds, down to fractions: what tests set short. */
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

/** `proxy:3128` means `http://proxy:3128`, as it does to curl. */
export const proxyUrl = z
  .preprocess(
    (value) =>
      typeof value === 'string' && !value.includes('://') ? `http://${value.trim()}` : value,
    url('http', 'https'),
  )
  .transform(withEncodedPercents);

/** Where a server is, apart from its port: a name or address, or the folder of a socket. */
export const serverHost = (expected: string) =>
  text(expected).refine(
    (value) => value.startsWith('/') || isIPv6(unbracketed(value)) || /^[^\s/@:,]+$/.test(value),
    `${expected}, without scheme and port`,
  );

const unbracketed = (value: string) => value.replace(/^\[(.*)\]$/, '$1');

const keyExpected = 'printable ASCII characters without spaces';
export const key = z
  .string({ error: keyExpected })
  .trim()
  .regex(/^[\x21-\x7e]+$/, keyExpected);
export const password = z.string({ error: 'text' }).regex(/^\P{Cc}*$/u, 'text of one line');

/** The queues of the system; `outreach` is the design's, and nothing is in it yet. */
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

/** Where paths of the api's own begin; `/v1` as a base path would make `/v1/…` mean two things. */
export const ownSegments = [
  'admin',
  'collect-interactions',
  'docs',
  'generate-daily-life',
  'health',
  'metrics',
  'openapi.json',
  'v1',
];

const basePathExpected = `a path such as /texas, of letters, digits and . _ ~ -, that does not begin with one of the api's own (${ownSegments.join(', ')})`;
/** The path that the api is reached below; without a slash at its end, and empty where there is none. */
export const basePath = z
  .string({ error: basePathExpected })
  .regex(/^(\/[\w.~-]+)*\/?$/, basePathExpected)
  .refine((path) => {
    const [first = '', ...others] = path.split('/').slice(1);
    return !ownSegments.includes(first) && ![first, ...others].some((part) => /^\.+$/.test(part));
  }, basePathExpected)
  .transform((path) => path.replace(/\/$/, ''));

const originExpected = 'origins such as https://example.org, without a path';
export const origins = z.array(
  z
    .string()
    .refine((value) => URL.canParse(value) && new URL(value).origin === value, originExpected),
  { error: originExpected },
);

export const section = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, { error: 'a mapping of settings' });
