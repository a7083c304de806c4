import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal, TexasError } from '@texas-ai/kernel';
import type { AuthorHold } from '@texas-ai/life';
import {
  buildStepDeps,
  makeLogSpy,
  makeScriptedAuthor,
  makeTestDatabase,
  type TestDatabase,
} from '@texas-ai/testing';
import { checkAuthors, type ProbeDeps, probeHeld } from './probe-authors.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await makeTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  for (const table of ['author_holds', 'spending', 'author_calls'])
    await db.database(table).delete();
});

const key = { author: 'gemini', fingerprint: 'scripted-key' } as const;
const unavailable = { ...key, model: 'scripted', code: 'author_model_unavailable' } as const;

/** A process at the database's own time, or so many minutes later. */
async function probing({ refusal, later = 0 }: { refusal?: TexasError; later?: number } = {}) {
  const now = (await db.store.now()).add({ minutes: later });
  const clock = { now: () => now };
  let probes = 0;
  const author = makeScriptedAuthor({
    async probe() {
      probes += 1;
      if (refusal) throw refusal;
    },
  });
  const logger = makeLogSpy();
  const deps: ProbeDeps = {
    store: db.store,
    authors: (name) => (name === 'gemini' ? author : makeScriptedAuthor({ name })),
    meter: buildStepDeps(db.store, { clock }).meter,
    clock,
    logger,
    timing: { probeMs: 300_000, holdAnswerMs: 0 },
    signal: new AbortController().signal,
  };
  return {
    probes: () => probes,
    logger,
    check: () => checkAuthors(deps, ['gemini', 'offline']),
    probe: async () => probeHeld(deps, await db.store.holds.list()),
    hold: (hold: Pick<AuthorHold, 'code'> & Partial<AuthorHold>) =>
      db.store.holds.put({ ...key, reason: 'It refused.', until: now, ...hold }),
  };
}

const holds = async () => (await db.store.holds.list()).map(({ code, model }) => [code, model]);
const passed = (minutes: number) =>
  db.database('author_calls').update({
    opened_at: db.database.raw(`now() - interval '${minutes} minutes'`),
  });

describe('the check at start', () => {
  test('is made where nothing is known, and not where an answer is of the last hour', async () => {
    const first = await probing();
    expect(await first.check()).toBe(false);
    await passed(59);
    const second = await probing();
    await second.check();
    await passed(61);
    const third = await probing();
    await third.check();
    expect([first, second, third].map((each) => each.probes())).toEqual([1, 0, 1]);
    expect(first.logger.lines).toMatchObject([{ level: 'info', message: 'author answers' }]);
  });

  test('begins the cooldown of what it meets, with the reason', async () => {
    const refusal = new TexasError('author_model_unavailable', 'Set GEMINI_MODEL.');
    const { check, logger } = await probing({ refusal });
    expect(await check()).toBe(true);
    expect(await db.store.holds.list()).toMatchObject([
      { ...unavailable, reason: 'Set GEMINI_MODEL.' },
    ]);
    expect(logger.lines).toMatchObject([
      { level: 'error', fields: { code: 'author_model_unavailable', reason: 'Set GEMINI_MODEL.' } },
    ]);
  });

  test('is not made again at once by a process that restarts, and then ends a cooldown', async () => {
    const refusal = new TexasError('author_unauthorized', 'It refused.');
    await (await probing({ refusal })).check();
    const soon = await probing();
    expect([await soon.check(), soon.probes()]).toEqual([false, 0]);
    await passed(1);
    const again = await probing();
    expect([await again.check(), again.probes()]).toEqual([true, 1]);
    expect(await holds()).toEqual([]);
  });

  test('begins nothing where the author only is in trouble for now', async () => {
    const { check, logger } = await probing({
      refusal: new TexasError('author_overloaded', 'Busy.'),
    });
    expect(await check()).toBe(false);
    expect(await holds()).toEqual([]);
    expect(logger.lines).toMatchObject([{ level: 'info', fields: { code: 'author_overloaded' } }]);
  });

  test('is made by one of many processes that start at once', async () => {
    const many = await Promise.all(Array.from({ length: 6 }, () => probing()));
    await Promise.all(many.map((each) => each.check()));
    expect(many.map((each) => each.probes()).reduce((a, b) => a + b)).toBe(1);
  });
});

describe('the probe of a cooldown', () => {
  test('is one call for all that is held of one access, which ends all of it', async () => {
    const { hold, probe, probes } = await probing();
    await hold(unavailable);
    await hold({ code: 'author_balance_exhausted' });
    await hold({ ...unavailable, model: 'another' });
    await hold({ code: 'author_unauthorized', fingerprint: 'another-key' });
    expect(await probe()).toBe(true);
    expect(probes()).toBe(1);
    expect(await holds()).toEqual([
      ['author_unauthorized', undefined],
      ['author_model_unavailable', 'another'],
    ]);
    expect(await db.database('author_calls').select('step', 'outcome')).toEqual([
      { step: 'probe', outcome: 'answered' },
    ]);
  });

  test('comes no sooner than its time, and lengthens what refuses still', async () => {
    const refusal = new TexasError('author_model_unavailable', 'It refused.');
    const { hold, probe, probes } = await probing({ refusal });
    await hold(unavailable);
    expect([await probe(), await probe(), probes()]).toEqual([false, false, 1]);
    const next = await probing({ refusal, later: 5 });
    expect([await next.probe(), next.probes()]).toEqual([false, 1]);
    expect(await holds()).toEqual([['author_model_unavailable', 'scripted']]);
  });

  test('holds for another reason what is refused for another', async () => {
    const refusal = new TexasError('author_unauthorized', 'The key was leaked.');
    const { hold, probe } = await probing({ refusal });
    await hold(unavailable);
    await probe();
    expect(await holds()).toEqual([
      ['author_unauthorized', undefined],
      ['author_model_unavailable', 'scripted'],
    ]);
  });

  test('leaves alone what ends by itself', async () => {
    const { hold, probe, probes } = await probing();
    await hold({
      code: 'author_rate_limited',
      until: Temporal.Instant.from('2999-01-01T00:00:00Z'),
    });
    expect([await probe(), probes()]).toEqual([false, 0]);
  });
});
