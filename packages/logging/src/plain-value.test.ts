import { describe, expect, it } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { makeRedactor } from './index.js';

const { value, text } = makeRedactor(['swordfish']);

describe('values become plain', () => {
  it.each([
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an invalid date', new Date(Number.NaN), 'Invalid Date'],
    ['a Temporal date', Temporal.PlainDate.from('2026-11-23'), '2026-11-23'],
    ['a URL', new URL('https://u:p@h/?token=x'), 'https://[redacted]@h/?token=[redacted]'],
    ['a query', new URLSearchParams({ key: 'abc' }), '?key=[redacted]'],
    ['a set', new Set(['swordfish', 1]), ['[redacted]', 1]],
    [
      'a map',
      new Map<unknown, unknown>([
        [{ a: 1 }, 2],
        ['swordfish', 3],
      ]),
      { '{"a":1}': 2, '[redacted]': 3 },
    ],
    ['a buffer', Buffer.from('swordfish'), '[Buffer 9 bytes]'],
    ['bytes', new ArrayBuffer(2), '[ArrayBuffer 2 bytes]'],
    ['a function', function swordfish() {}, '[function [redacted]]'],
    ['a symbol', Symbol('swordfish'), 'Symbol([redacted])'],
    ['a pattern', /swordfish/, '/[redacted]/'],
    ['NaN and Infinity', [Number.NaN, Infinity], ['NaN', 'Infinity']],
    ['a toJSON method', { toJSON: () => ({ a: 'swordfish' }) }, { a: '[redacted]' }],
    ['a toJSON method that throws', { toJSON: () => JSON.parse('{') }, '[unreadable]'],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ])('%s', (_what, given, plain) => {
    expect(value(given)).toEqual(plain);
  });

  it('errors with their properties', () => {
    const cause = Object.assign(new Error('swordfish inside'), { code: 'ECONNREFUSED' });
    const error = Object.assign(new AggregateError([cause], 'all failed', { cause }), {
      response: { config: { headers: { Authorization: 'x' } } },
      toJSON: () => 'hides everything',
    });
    const inner = {
      name: 'Error',
      message: '[redacted] inside',
      code: 'ECONNREFUSED',
      stack: expect.stringContaining('Error: [redacted] inside\n    at '),
    };
    expect(value({ error })).toEqual({
      error: {
        name: 'AggregateError',
        message: 'all failed',
        stack: expect.stringContaining('all failed'),
        cause: inner,
        errors: [inner],
        response: { config: { headers: { Authorization: '[redacted]' } } },
        toJSON: '[function toJSON]',
      },
    });
    expect(value(new DOMException('late', 'AbortError'))).toMatchObject({
      name: 'AbortError',
      message: 'late',
    });
  });

  it('cycles and getters that throw', () => {
    const cycle: Record<string, unknown> = { shared: [1] };
    cycle.again = cycle.shared;
    cycle.self = cycle;
    Object.defineProperty(cycle, 'broken', {
      enumerable: true,
      get: () => {
        throw new Error('swordfish');
      },
    });
    expect(value(cycle)).toEqual({
      shared: [1],
      again: [1],
      self: '[circular]',
      broken: '[unreadable]',
    });
  });
});

describe('size is bounded', () => {
  it('in depth, also for endless toJSON results', () => {
    const endless = (): unknown => ({ toJSON: endless, a: 1 });
    expect(value(endless())).toBe('[cut]');
    let deep: unknown = 'x';
    for (let level = 0; level < 10_000; level++) deep = [deep];
    expect(JSON.stringify(value(deep))).toBe('[[[[[[[["[cut]"]]]]]]]]');
  });

  it('in entries', () => {
    expect(value(new Array(1_000_000))).toHaveLength(101);
    const wide = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`k${index}`, 1]));
    expect(value(wide)).toMatchObject({ k99: 1, '…': '50 more' });
    const bushy = Array.from({ length: 100 }, () =>
      Array.from({ length: 100 }, () => ({ a: 'b' })),
    );
    expect(JSON.stringify(value(bushy)).length).toBeLessThan(100_000);
  });

  it('in text, without part of a secret at the cut', () => {
    expect(text('x'.repeat(9000))).toBe(`${'x'.repeat(8192)}…[cut, 9000 characters]`);
    for (const start of [8188, 65_530]) {
      expect(text(`${'x '.repeat(start / 2)}swordfish${'y'.repeat(100_000)}`)).not.toContain(
        'sword',
      );
    }
    const shrinking = `${'swordfish '.repeat(6553)}xswordfish`;
    expect(text(shrinking)).not.toContain('swor');
    const many = value(Array.from({ length: 100 }, () => 'x'.repeat(8000)));
    expect(JSON.stringify(many).length).toBeLessThan(70_000);
  });

  it('in time, also for hostile texts', () => {
    const parts = [
      '://a:',
      'a',
      '-eyJ',
      'token="\\',
      'password\\',
      '-----BEGIN PRIVATE KEY-----',
      '%',
      'key_',
      'http://x/',
    ];
    /** CPU time of this process in microseconds, independent of other processes. */
    const cost = (texts: readonly string[]) => {
      const started = process.cpuUsage();
      for (const each of texts) text(each.repeat(65_536 / each.length));
      return process.cpuUsage(started).user;
    };
    // About ten times as much as ordinary texts; catastrophic backtracking would take hours.
    const ordinary = cost(parts.map(() => 'x '));
    expect(cost(parts)).toBeLessThan(500 * ordinary);
  });
});
