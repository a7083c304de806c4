import { describe, expect, jest, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { buildGeneration } from '@texas-ai/testing';
import { makeMeter } from '../../test/call-meter.js';
import type { PlannedCall } from '../spending/ledger.js';

const expectedOf = ({ planned }: { planned: PlannedCall[] }) =>
  planned.map(({ expected }) => [expected.inputTokens, expected.outputTokens]);

describe('a call', () => {
  test('reserves its rate first, and is then entered in the ledger with its limits', async () => {
    const m = makeMeter();
    await m.begin();
    expect(m.done).toEqual(['take', 'open']);
    expect(m.planned).toMatchObject([
      {
        generationId: buildGeneration().id,
        character: 'texas',
        date: '2026-11-23',
        step: 'write-chapter',
        chapter: 2,
        author: 'gemini',
        fingerprint: 'a-key',
        model: 'scripted',
        expected: { inputTokens: 6_000, outputTokens: 4_000, money: 0.014 },
        maxCalls: 40,
        leaseMs: 60_000,
        sums: [{ scope: 'texas' }, { scope: 'texas' }, { scope: '' }, { scope: '' }],
        daily: null,
      },
    ]);
    expect(m.taken).toEqual([10_000]);
  });

  test('has its lease renewed until it ends, even if a renewal fails', async () => {
    jest.useFakeTimers();
    try {
      const m = makeMeter({ unrenewed: () => true });
      const call = await m.begin();
      await jest.advanceTimersByTimeAsync(15_000);
      expect(m.renewed).toEqual(['call-1', 'call-1', 'call-1']);
      await call.end('answered', null);
      await jest.advanceTimersByTimeAsync(15_000);
      expect(m.renewed).toHaveLength(3);
    } finally {
      jest.useRealTimers();
    }
  });

  test('logs failing renewals of leases once', async () => {
    jest.useFakeTimers();
    try {
      let away = true;
      const m = makeMeter({ unrenewed: () => away });
      const calls = [await m.begin(), await m.begin()];
      await jest.advanceTimersByTimeAsync(10_000);
      expect(m.renewed).toHaveLength(4);
      const line = {
        level: 'warn',
        message: 'lease of a call in flight not renewed',
        fields: { call: 'call-1', error: { code: 'storage_unavailable' } },
      };
      expect(m.logger.lines).toMatchObject([line]);
      away = false;
      await jest.advanceTimersByTimeAsync(5_000);
      expect(m.logger.lines).toHaveLength(1);
      away = true;
      await jest.advanceTimersByTimeAsync(5_000);
      expect(m.logger.lines).toMatchObject([line, line]);
      for (const call of calls) await call.end('answered', null);
    } finally {
      jest.useRealTimers();
    }
  });

  test('is closed with its usage, and its reservation is corrected', async () => {
    const m = makeMeter();
    const call = await m.begin();
    await call.end('answered', { inputTokens: 1_000, outputTokens: 500 });
    expect(m.closed).toEqual([
      { outcome: 'answered', usage: { inputTokens: 1_000, outputTokens: 500, money: 0.002 } },
    ]);
    expect(m.used).toEqual([1_500]);
    const larger = await m.begin({ step: 'plan-day', chapter: null });
    await larger.end('author_invalid_output', { inputTokens: 9_000, outputTokens: 1_000 });
    expect(m.used).toEqual([1_500, 10_000]);
  });

  test('is priced by the model that answered, with one warning', async () => {
    const prices = { scripted: { input: 1, output: 2 }, successor: { input: 3, output: 6 } };
    const m = makeMeter({ prices });
    for (let calls = 0; calls < 2; calls++) {
      const call = await m.begin();
      await call.end('answered', { inputTokens: 1_000, outputTokens: 500, model: 'successor' });
    }
    const usage = { inputTokens: 1_000, outputTokens: 500, money: 0.006 };
    const end = { outcome: 'answered', usage, pricedModel: 'successor' };
    expect(m.closed).toEqual([end, end]);
    expect(m.logger.lines).toEqual([
      {
        level: 'warn',
        message: 'a different model answered',
        fields: { asked: 'scripted', answered: 'successor' },
      },
    ]);
  });

  test('is priced by the requested model if the one that answered has no price', async () => {
    const m = makeMeter();
    const call = await m.begin();
    await call.end('answered', { inputTokens: 1_000, outputTokens: 500, model: 'scripted-002' });
    expect(m.closed).toEqual([
      { outcome: 'answered', usage: { inputTokens: 1_000, outputTokens: 500, money: 0.002 } },
    ]);
    expect(m.logger.lines).toEqual([]);
  });

  test('has an unknown cost if the model has no price', async () => {
    const m = makeMeter({ prices: {} });
    await (await m.begin()).end('answered', { inputTokens: 1_000, outputTokens: 500 });
    expect(m.planned).toMatchObject([{ expected: { money: null } }]);
    expect(m.closed).toMatchObject([{ usage: { inputTokens: 1_000, money: null } }]);
  });

  test('that is a probe has no generation and counts for everybody only', async () => {
    const m = makeMeter();
    await m.begin({ generation: null, step: 'probe', chapter: null });
    expect(m.planned).toMatchObject([
      { generationId: null, character: null, date: null, sums: [{ scope: '' }, { scope: '' }] },
    ]);
    expect(m.planned[0]?.sums).toHaveLength(2);
    expect(m.taken[0]).toBeLessThan(200);
  });

  test('with unknown usage corrects nothing', async () => {
    const m = makeMeter();
    await (await m.begin()).end('author_timeout', null);
    expect(m.closed).toEqual([{ outcome: 'author_timeout', usage: null }]);
    expect(m.used).toEqual([]);
  });

  test('ends even if its reservation cannot be corrected', async () => {
    const m = makeMeter({ used: () => Promise.reject(new Error('Redis is away.')) });
    await (await m.begin()).end('answered', { inputTokens: 1, outputTokens: 1 });
    expect(m.closed).toHaveLength(1);
    expect(m.logger.lines).toMatchObject([{ level: 'debug', message: 'rate limit not corrected' }]);
  });
});

describe('the expected use of a call', () => {
  const answered = { inputTokens: 14_000, outputTokens: 0 };

  test('follows the usage of its step, with more weight on recent calls', async () => {
    const m = makeMeter();
    for (let calls = 0; calls < 2; calls++) await (await m.begin()).end('answered', answered);
    await m.begin();
    await m.begin({ step: 'plan-day', chapter: null });
    expect(expectedOf(m)).toEqual([
      [6_000, 4_000],
      [7_000, 3_500],
      [7_875, 3_063],
      [4_000, 4_000],
    ]);
    expect(m.taken).toEqual([10_000, 10_500, 10_938, 8_000]);
  });

  test('ignores failed calls', async () => {
    const m = makeMeter();
    await (await m.begin()).end('author_blocked', { inputTokens: 50, outputTokens: 0 });
    await (await m.begin()).end('author_timeout', null);
    await m.begin();
    expect(expectedOf(m)[2]).toEqual([6_000, 4_000]);
  });

  test('counts a call once if closing it is retried', async () => {
    const m = makeMeter();
    const call = await m.begin();
    m.failures.push(new TexasError('storage_unavailable', 'The database does not respond.'));
    await expect(call.end('answered', answered)).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    await call.end('answered', answered);
    await m.begin();
    expect(expectedOf(m)[1]).toEqual([7_000, 3_500]);
    expect(m.used).toEqual([14_000]);
  });
});
