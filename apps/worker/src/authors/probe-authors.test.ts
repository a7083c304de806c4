import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal, TexasError } from '@texas-ai/kernel';
import type { Cooldown } from '@texas-ai/life';
import {
  buildStepDeps,
  makeLogSpy,
  makeScriptedAuthor,
  makeTestDatabase,
  type TestDatabase,
} from '@texas-ai/testing';
import { checkAuthors, type ProbeDeps, probeDue } from './probe-authors.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await makeTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  for (const table of ['author_holds', 'spending', 'spending_shards', 'author_calls'])
    await db.database(table).delete();
});

const key = { author: 'gemini', fingerprint: 'scripted-key' } as const;
const unavailable = { ...key, model: 'scripted', code: 'author_model_unavailable' } as const;

/** A process at the database's time, or this number of minutes later. */
async function probing({
  refusal,
  later = 0,
  model = 'scripted',
  store = db.store,
  meter = {},
}: {
  refusal?: TexasError;
  later?: number;
  model?: string;
  store?: ProbeDeps['store'];
  meter?: Partial<ProbeDeps['meter']>;
} = {}) {
  const now = (await db.store.now()).add({ minutes: later });
  const clock = { now: () => now };
  let probes = 0;
  const scripted = makeScriptedAuthor({
    async probe() {
      probes += 1;
      if (refusal) throw refusal;
    },
  });
  const author = { ...scripted, model };
  const logger = makeLogSpy();
  const deps: ProbeDeps = {
    store,
    authors: (name) => (name === 'gemini' ? author : makeScriptedAuthor({ name })),
    meter: { ...buildStepDeps(db.store, { clock }).meter, ...meter },
    clock,
    logger,
    probeMs: 300_000,
    storeRetryMs: 0,
    signal: new AbortController().signal,
  };
  return {
    probes: () => probes,
    logger,
    check: () => checkAuthors(deps, ['gemini', 'offline']),
    probe: async () => probeDue(deps, await db.store.cooldowns.list()),
    beginCooldown: (cooldown: Pick<Cooldown, 'code'> & Partial<Cooldown>) =>
      db.store.cooldowns.begin({ ...key, reason: 'It refused.', until: now, ...cooldown }),
  };
}

const listCooldowns = async () =>
  (await db.store.cooldowns.list()).map(({ code, model }) => [code, model]);
const passed = (minutes: number) =>
  db.database('author_calls').update({
    opened_at: db.database.raw(`now() - interval '${minutes} minutes'`),
  });

describe('the check at start', () => {
  test('is made unless a call was answered within the last hour', async () => {
    const first = await probing();
    expect(await first.check()).toBe(false);
    await passed(59);
    const second = await probing();
    await second.check();
    await passed(61);
    const third = await probing();
    await third.check();
    expect([first, second, third].map((each) => each.probes())).toEqual([1, 0, 1]);
    expect(first.logger.lines).toMatchObject([{ level: 'info', message: 'probe succeeded' }]);
  });

  test('begins a cooldown with the reason of the refusal', async () => {
    const refusal = new TexasError('author_model_unavailable', 'Set GEMINI_MODEL.');
    const { check, logger } = await probing({ refusal });
    expect(await check()).toBe(true);
    expect(await db.store.cooldowns.list()).toMatchObject([
      { ...unavailable, reason: 'Set GEMINI_MODEL.' },
    ]);
    expect(logger.lines).toMatchObject([
      { level: 'error', fields: { code: 'author_model_unavailable', reason: 'Set GEMINI_MODEL.' } },
    ]);
  });

  test('is not repeated right after a restart, and later ends the cooldown', async () => {
    const refusal = new TexasError('author_unauthorized', 'It refused.');
    await (await probing({ refusal })).check();
    const soon = await probing();
    expect([await soon.check(), soon.probes()]).toEqual([false, 0]);
    await passed(1);
    const again = await probing();
    expect([await again.check(), again.probes()]).toEqual([true, 1]);
    expect(await listCooldowns()).toEqual([]);
  });

  test('begins no cooldown for a temporary failure', async () => {
    const { check, logger } = await probing({
      refusal: new TexasError('author_overloaded', 'Busy.'),
    });
    expect(await check()).toBe(false);
    expect(await listCooldowns()).toEqual([]);
    expect(logger.lines).toMatchObject([
      { level: 'info', fields: { code: 'author_overloaded', reason: 'Busy.' } },
    ]);
  });

  test.each(['author_http_error', 'author_unreachable', 'internal_error'] as const)(
    'warns of a failure that begins no cooldown (%s)',
    async (code) => {
      const refusal = new TexasError(code, 'It failed.');
      const { check, logger } = await probing({ refusal });
      expect(await check()).toBe(false);
      expect(logger.lines).toMatchObject([
        { level: 'warn', message: 'probe failed', fields: { error: refusal } },
      ]);
    },
  );

  test('logs that no probe was made if our own limits forbid the call', async () => {
    const begin = async () => {
      throw new TexasError('budget_exhausted', 'The budget is spent.');
    };
    const { check, logger, probes } = await probing({ meter: { begin } });
    expect([await check(), probes()]).toEqual([false, 0]);
    expect(logger.lines).toMatchObject([
      { level: 'info', message: 'probe not made', fields: { reason: 'The budget is spent.' } },
    ]);
  });

  test('rejects if the database is unavailable, without a cooldown', async () => {
    const failure = new TexasError('storage_unavailable', 'It is away.');
    const begin = async () => {
      throw failure;
    };
    const { check, logger } = await probing({ meter: { begin } });
    await expect(check()).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(logger.lines).toEqual([]);
  });

  test('waits while another process makes its check', async () => {
    let refusedLock = () => {};
    const wasRefused = new Promise<void>((resolve) => {
      refusedLock = resolve;
    });
    const store: ProbeDeps['store'] = {
      ...db.store,
      async exclusively(name, work) {
        const isMine = await db.store.exclusively(name, work);
        if (!isMine) refusedLock();
        return isMine;
      },
    };
    const { check, probes } = await probing({ store });
    let checked: Promise<boolean> | undefined;
    await db.store.exclusively('check-authors', async () => {
      checked = check();
      await wasRefused;
    });
    await checked;
    expect(probes()).toBe(1);
  });

  test('ends a cooldown of another model that began since the last answer', async () => {
    await (await probing()).check();
    await passed(20);
    const refusal = new TexasError('author_model_unavailable', 'Set GEMINI_MODEL.');
    expect(await (await probing({ model: 'another', refusal })).check()).toBe(true);
    await db.database('author_holds').update({
      since: db.database.raw(`now() - interval '1 minute'`),
    });
    expect(await db.store.cooldowns.isRefused('gemini')).toBe(true);
    const back = await probing();
    await back.check();
    await back.check();
    expect(back.probes()).toBe(1);
    expect(await db.store.cooldowns.isRefused('gemini')).toBe(false);
    expect(await listCooldowns()).toEqual([['author_model_unavailable', 'another']]);
  });

  test('is made by one of several processes that start at once', async () => {
    const many = await Promise.all(Array.from({ length: 6 }, () => probing()));
    await Promise.all(many.map((each) => each.check()));
    expect(many.map((each) => each.probes()).reduce((a, b) => a + b)).toBe(1);
  });
});

describe('the probe of a cooldown', () => {
  test('is one call for all cooldowns of a key and model, and ends them all', async () => {
    const { beginCooldown, probe, probes } = await probing();
    await beginCooldown(unavailable);
    await beginCooldown({ code: 'author_balance_exhausted' });
    await beginCooldown({ ...unavailable, model: 'another' });
    await beginCooldown({ code: 'author_unauthorized', fingerprint: 'another-key' });
    expect(await probe()).toBe(true);
    expect(probes()).toBe(1);
    expect(await listCooldowns()).toEqual([
      ['author_unauthorized', undefined],
      ['author_model_unavailable', 'another'],
    ]);
    expect(await db.database('author_calls').select('step', 'outcome')).toEqual([
      { step: 'probe', outcome: 'answered' },
    ]);
  });

  test('is made only when due, and extends the cooldown of a further refusal', async () => {
    const refusal = new TexasError('author_model_unavailable', 'It refused.');
    const { beginCooldown, probe, probes } = await probing({ refusal });
    await beginCooldown(unavailable);
    expect([await probe(), await probe(), probes()]).toEqual([false, false, 1]);
    const next = await probing({ refusal, later: 5 });
    expect([await next.probe(), next.probes()]).toEqual([false, 1]);
    expect(await listCooldowns()).toEqual([['author_model_unavailable', 'scripted']]);
  });

  test('changes the code of a cooldown when the refusal changes', async () => {
    const refusal = new TexasError('author_unauthorized', 'The key was leaked.');
    const { beginCooldown, probe } = await probing({ refusal });
    await beginCooldown(unavailable);
    await probe();
    expect(await listCooldowns()).toEqual([
      ['author_unauthorized', undefined],
      ['author_model_unavailable', 'scripted'],
    ]);
  });

  test.each([
    ['author_model_unavailable', [['author_model_unavailable', 'scripted']], true],
    ['author_rate_limited', [], true],
    ['author_overloaded', [], true],
    ['author_http_error', [['author_unauthorized', undefined]], false],
  ] as const)(
    'ends a refusal of the key that it shows to be over (%s)',
    async (code, left, changed) => {
      const refusal = new TexasError(code, 'It refused.', { details: { status: 499 } });
      const { beginCooldown, probe } = await probing({ refusal });
      await beginCooldown({ code: 'author_unauthorized' });
      await beginCooldown({ code: 'author_unauthorized', fingerprint: 'another-key' });
      expect(await probe()).toBe(changed);
      expect(await listCooldowns()).toEqual([['author_unauthorized', undefined], ...left]);
    },
  );

  test('ends nothing if our own rate limit forbids it', async () => {
    const begin = async () => {
      throw new TexasError('author_rate_limited', 'The rate that is configured is used up.');
    };
    const { beginCooldown, probe } = await probing({ meter: { begin } });
    await beginCooldown({ code: 'author_unauthorized' });
    expect(await probe()).toBe(false);
    expect(await listCooldowns()).toEqual([['author_unauthorized', undefined]]);
  });

  test('updates the reason of a cooldown that continues', async () => {
    const refusal = new TexasError('author_unauthorized', 'The key was leaked.');
    const { beginCooldown, probe } = await probing({ refusal });
    await beginCooldown({ code: 'author_unauthorized', reason: 'The key has expired.' });
    expect(await probe()).toBe(false);
    expect(await db.store.cooldowns.list()).toMatchObject([{ reason: 'The key was leaked.' }]);
  });

  test('leaves cooldowns that expire alone', async () => {
    const { beginCooldown, probe, probes } = await probing();
    await beginCooldown({
      code: 'author_rate_limited',
      until: Temporal.Instant.from('2999-01-01T00:00:00Z'),
    });
    expect([await probe(), probes()]).toEqual([false, 0]);
  });
});
