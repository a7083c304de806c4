import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { makeWatching, type Watching } from '../../test/watching.js';
import type { Watch, WatchDeps } from './monitor.js';

let watching: Watching;
beforeEach(() => {
  watching = makeWatching();
});

/** A place that somebody comes to and stays at until it is opened. */
function makeGate() {
  let arrive = (): void => undefined;
  let open = (): void => undefined;
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    arrived,
    open,
    async pass() {
      arrive();
      await opened;
    },
  };
}

const limits = {
  queueWaitSeconds: 1800,
  noWorkerSeconds: 60,
  dayMissingMinutes: 60,
  watchSeconds: 0.001,
};

/** The loop with this in the place of the lock that one api at a time holds. */
function looping(exclusively: WatchDeps['store']['exclusively'], changes = {}): Watch {
  const days = { missing: async () => ({ count: 0, some: [] }) };
  const store = { days, exclusively } as unknown as WatchDeps['store'];
  return watching.watchOn({ store, limits, ...changes });
}

/** Whether it is over by now. */
async function isOver(work: Promise<unknown>): Promise<boolean> {
  await turn();
  return Promise.race([work.then(() => true), turn(false)]);
}

describe('closing', () => {
  test('waits for the look that is under way, and none follows', async () => {
    const gate = makeGate();
    const names: string[] = [];
    const watch = looping(async (name) => {
      names.push(name);
      await gate.pass();
      return true;
    });
    watch.start();
    await gate.arrived;
    const closing = watch.close();
    expect(await isOver(closing)).toBe(false);
    gate.open();
    await closing;
    expect(names).toEqual(['watch']);
  });

  test('waits for the delivery that is under way and leaves the others for later', async () => {
    const gate = makeGate();
    const key = { channel: 'slack', phase: 'raised' } as const;
    watching.waiting.push({ ...key, alertId: 'one' }, { ...key, alertId: 'two' });
    const watch = looping(
      async (_name, work) => {
        await work();
        return true;
      },
      { send: () => gate.pass().then(() => 'ok') },
    );
    watch.start();
    await gate.arrived;
    const closing = watch.close();
    expect(await isOver(closing)).toBe(false);
    gate.open();
    await closing;
    expect(watching.sent).toEqual(['Texas AI: one']);
  });

  test('before the first look prevents it', async () => {
    let looks = 0;
    const watch = looping(async () => {
      looks += 1;
      return true;
    });
    watch.start();
    await watch.close();
    await turn();
    expect(looks).toBe(0);
  });
});

test('a look that fails is told of, and another one follows', async () => {
  const gate = makeGate();
  const error = new Error('away');
  let looks = 0;
  const watch = looping(async () => {
    looks += 1;
    if (looks === 1) throw error;
    await gate.pass();
    return true;
  });
  watch.start();
  await gate.arrived;
  expect(watching.logger.lines).toEqual([
    { level: 'warn', message: 'system not watched', fields: { error } },
  ]);
  gate.open();
  await watch.close();
});

test('where another api looks, this one does nothing and tries again', async () => {
  const gate = makeGate();
  let looks = 0;
  const watch = looping(async () => {
    looks += 1;
    if (looks === 3) await gate.pass();
    return false;
  });
  watch.start();
  await gate.arrived;
  gate.open();
  await watch.close();
  expect([watching.told, watching.asked, watching.logger.lines]).toEqual([[], [], []]);
});

test('a database that answers but rejects writes is reported as away', async () => {
  const refused = new TexasError(
    'storage_unavailable',
    'The database is read-only and rejects writes.',
  );
  const gate = makeGate();
  const watch = looping(
    async (_name, work) => {
      await work();
      return true;
    },
    {
      alertRepository: { assertWritable: () => Promise.reject(refused) },
      send: () => gate.pass().then(() => 'ok'),
    },
  );
  watch.start();
  await gate.arrived;
  gate.open();
  await watch.close();
  expect(watching.sent).toEqual(['Texas AI: PostgreSQL does not answer, or rejects writes']);
});
