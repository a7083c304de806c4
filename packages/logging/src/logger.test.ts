import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import {
  type LogFormat,
  type LoggerOptions,
  logContext,
  makeLogger,
  runWithLogContext,
} from './index.js';

const clock = { now: () => Temporal.Instant.from('2026-11-23T04:00:00.5Z') };

async function written(
  format: LogFormat,
  log: (logger: ReturnType<typeof makeLogger>) => void | Promise<void>,
  options: Partial<LoggerOptions> = {},
): Promise<string[]> {
  const stream = new PassThrough();
  const logger = makeLogger({
    service: 'api',
    level: 'debug',
    secrets: ['swordfish-1'],
    format,
    stream,
    clock,
    ...options,
  });
  await log(logger);
  await logger.close();
  stream.end();
  const text = (await stream.toArray()).join('');
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

describe('a line', () => {
  it('in readable format has time, level, service, message and fields', async () => {
    const lines = await written('readable', (logger) => {
      logger.info('day published', {
        characterId: 'texas',
        ms: 12,
        title: '两个 words',
        a: undefined,
      });
      logger.warn('plain');
    });
    expect(lines).toEqual([
      '2026-11-23T04:00:00.500Z info  api  day published characterId=texas ms=12 title="两个 words"',
      '2026-11-23T04:00:00.500Z warn  api  plain',
    ]);
  });

  it('in JSON format is an object whose parts fields cannot replace', async () => {
    const fields = { level: 'x', message: 'y', n: 1n, nested: { a: [1] } };
    const [line = ''] = await written('json', (logger) => logger.error('failed', fields));
    expect(JSON.parse(line)).toEqual({
      timestamp: '2026-11-23T04:00:00.500Z',
      level: 'error',
      service: 'api',
      message: 'failed',
      level_: 'x',
      message_: 'y',
      n: '1',
      nested: { a: [1] },
    });
  });

  it.each(['readable', 'json'] as const)(
    'cannot be forged or control a terminal: %s',
    async (format) => {
      const evil = 'a\n2026 error api  forged\r\u001b[2J\u009b\u2028\u202e';
      const lines = await written(format, (logger) => logger.info(evil, { evil, [evil]: 1 }));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^[\p{L}\p{N}\p{P}\p{S} ]+$/u);
      expect(lines[0]).toContain('\\n2026 error');
      expect(lines[0]).toContain('\\u001b[2J');
    },
  );

  it('is written at the configured level and above', async () => {
    const all = (logger: ReturnType<typeof makeLogger>) => {
      logger.debug('d');
      logger.info('i');
      logger.warn('w');
      logger.error('e');
    };
    expect(await written('readable', all, { level: 'warn' })).toEqual([
      expect.stringContaining('warn  api  w'),
      expect.stringContaining('error api  e'),
    ]);
    expect(await written('readable', all)).toHaveLength(4);
  });
});

describe('context', () => {
  it('applies to every line within, nested and across awaits, and not outside', async () => {
    const lines = await written('readable', async (logger) => {
      await runWithLogContext(Object.freeze({ requestId: 'r1', step: 'a' }), async () => {
        await Promise.resolve();
        runWithLogContext({ generationId: 'g1', step: 'b' }, () => logger.info('inner'));
        logger.info('outer', { requestId: 'own' });
        expect(logContext()).toEqual({ requestId: 'r1', step: 'a' });
      });
      logger.info('outside');
    });
    expect(lines.map((line) => line.split('api  ')[1])).toEqual([
      'inner requestId=r1 step=b generationId=g1',
      'outer requestId=own step=a',
      'outside',
    ]);
  });
});

describe('redaction', () => {
  it.each(['readable', 'json'] as const)(
    'covers service, message, context and fields: %s',
    async (format) => {
      const lines = await written(
        format,
        (logger) =>
          runWithLogContext({ context: 'swordfish-1', apiKey: 'abc' }, () =>
            logger.error('uses swordfish-1', {
              'swordfish-1': new Error('swordfish-1'),
              password: 'x1',
            }),
          ),
        { service: 'swordfish-1' },
      );
      expect(lines.join()).not.toMatch(/swordfish|abc|x1/);
      expect(lines.join().split('[redacted]').length).toBeGreaterThanOrEqual(7);
    },
  );
});

describe('logging never throws', () => {
  it('for any arguments', async () => {
    const odd = [
      null,
      'text',
      new Error('odd'),
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
    ];
    const lines = await written('json', (logger) => {
      const loose = logger.info as (message: unknown, fields?: unknown) => void;
      for (const fields of odd) loose('odd', fields);
      loose({ a: 1 });
      loose(undefined);
    });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ value: null }),
      expect.objectContaining({ value: 'text' }),
      expect.objectContaining({ value: expect.objectContaining({ message: 'odd' }) }),
      expect.objectContaining({ message: '{"a":1}' }),
      expect.objectContaining({ message: 'undefined' }),
    ]);
  });

  it('on a broken stream, which can still be closed', async () => {
    const broken = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })),
    });
    const logger = makeLogger({
      service: 'api',
      level: 'info',
      format: 'json',
      secrets: [],
      stream: broken,
    });
    logger.info('one');
    await new Promise((resolve) => setImmediate(resolve));
    logger.info('two');
    await logger.close();
    expect(broken.destroyed).toBe(true);
  });

  it('if the stream or the clock throws', () => {
    const stream = new Writable({
      write: () => {
        throw new Error('no');
      },
    });
    const options = { service: 'api', level: 'info', format: 'json', secrets: [] } as const;
    expect(() => makeLogger({ ...options, stream }).info('x')).not.toThrow();
    const stopped = {
      now: () => {
        throw new Error('stopped');
      },
    };
    expect(() =>
      makeLogger({ ...options, stream: new PassThrough(), clock: stopped }).info('x'),
    ).not.toThrow();
  });

  it('after being closed', async () => {
    const lines = await written('json', async (logger) => {
      logger.info('before');
      await logger.close();
      logger.info('after');
    });
    expect(lines).toHaveLength(1);
  });
});
