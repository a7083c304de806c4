import type { Writable } from 'node:stream';
import { type Clock, type LogFields, type Logger, systemClock } from '@texas-ai/kernel';
import winston from 'winston';
import { logContext } from './context.js';
import { jsonLine, type LogRecord, readableLine } from './line.js';
import { isError } from './plain-value.js';
import { makeRedactor } from './redactor.js';

export type LogLevel = keyof Logger;
export type LogFormat = 'readable' | 'json';

export interface LoggerOptions {
  /** The process: `api`, `worker`, … */
  readonly service: string;
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Values to redact, from `secretsOf`. */
  readonly secrets: readonly string[];
  /** Standard output by default. */
  readonly stream?: Writable;
  readonly clock?: Clock;
}

export type ClosableLogger = Logger & {
  /** Resolves once the stream has accepted all lines or failed. Later lines are dropped. */
  close(): Promise<void>;
};

const messageSymbol = Symbol.for('message');
const levels = ['error', 'warn', 'info', 'debug'] as const satisfies readonly LogLevel[];

/** Streams that already have an error listener. */
const handled = new WeakSet<Writable>();

/** A logger that redacts whole records and never throws, even if the stream fails. */
export function makeLogger(options: LoggerOptions): ClosableLogger {
  const { service, level: threshold, secrets, stream = process.stdout } = options;
  const clock = options.clock ?? systemClock;
  const redactor = makeRedactor(secrets);
  const lineOf = options.format === 'json' ? jsonLine : readableLine;
  const redactedService = redactor.text(service);
  let closed = false;

  function recordOf(level: string, message: unknown, fields: unknown): LogRecord {
    const plainFields = redactor.value(fields);
    return {
      // Date formats the same text as Temporal, eight times as fast.
      timestamp: new Date(clock.now().epochMilliseconds).toISOString(),
      level,
      service: redactedService,
      message: typeof message === 'string' ? redactor.text(message) : redactedText(message),
      fields: isFields(plainFields) ? plainFields : { value: plainFields },
    };
  }

  const redactedText = (value: unknown) => JSON.stringify(redactor.value(value)) ?? 'undefined';

  ignoreErrors(stream);
  const logger = winston.createLogger({
    level: threshold,
    format: winston.format((entry) => {
      const record = recordOf(entry.level, entry.message, entry.fields);
      return Object.assign(entry, { [messageSymbol]: lineOf(record) });
    })(),
    transports: [new winston.transports.Stream({ stream, eol: '\n' })],
  });
  logger.on('error', () => {});

  function write(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (closed || levels.indexOf(level) > levels.indexOf(threshold)) return;
    try {
      logger.log({ level, message, fields: withContext(fields) });
    } catch {
      // Losing a line must not fail the work that logs it.
    }
  }

  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    const finished = new Promise<void>((resolve) => logger.once('finish', resolve));
    logger.end();
    await finished;
    if (!stream.writable) return;
    await new Promise<void>((resolve) => stream.write('', () => resolve()));
  }

  return {
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
    close,
  };
}

/** The context's fields, overridden by the line's own. Getters are read only during redaction. */
function withContext(fields: unknown): unknown {
  const own = isFields(fields) && !isError(fields) ? fields : { value: fields };
  const merged = {};
  for (const source of [logContext(), own]) {
    for (const key of Object.keys(source)) {
      const get = () => source[key];
      Object.defineProperty(merged, key, { get, enumerable: true, configurable: true });
    }
  }
  return merged;
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A closed reader (EPIPE, EIO) must not end the process. */
function ignoreErrors(stream: Writable): void {
  if (handled.has(stream)) return;
  handled.add(stream);
  stream.on('error', () => {});
}
