import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { type MonitorHarness, makeMonitorHarness } from '../../test/monitor.js';
import type { Monitor, MonitorDeps } from './monitor.js';

let harness: MonitorHarness;
beforeEach(() => {
  harness = makeMonitorHarness();
});

/** Blocks `pass` until it is opened. */
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

/** A fast loop with this `exclusively`. */
function loopWith(exclusively: MonitorDeps['store']['exclusively'], changes = {}): Monitor {
  const days = { missing: async () => ({ count: 0, some: [] }) };
  const store = { days, exclusively } as unknown as MonitorDeps['store'];
  return harness.monitorWith({ store, limits, ...changes });
}

async function isSettled(work: Promise<unknown>): Promise<boolean> {
  await turn();
  return Promise.race([work.then(() => true), turn(false)]);
}

describe('closing', () => {
  test('waits for the check in progress and schedules no other', async () => {
    const gate = makeGate();
    const names: string[] = [];
    const monitor = loopWith(async (name) => {
      names.push(name);
      await gate.pass();
      return true;
    });
    monitor.start();
    await gate.arrived;
    const closing = monitor.close();
    expect(await isSettled(closing)).toBe(false);
    gate.open();
    await closing;
    expect(names).toEqual(['watch']);
  });

  test('waits for the delivery in progress and postpones the others', async () => {
    const gate = makeGate();
    const key = { channel: 'slack', phase: 'raised' } as const;
    harness.waiting.push({ ...key, alertId: 'one' }, { ...key, alertId: 'two' });
    const monitor = loopWith(
      async (_name, work) => {
        await work();
        return true;
      },
      { send: () => gate.pass().then(() => 'ok') },
    );
    monitor.start();
    await gate.arrived;
    const closing = monitor.close();
    expect(await isSettled(closing)).toBe(false);
    gate.open();
    await closing;
    expect(harness.sent).toEqual(['Texas AI: one']);
  });

  test('prevents the first check', async () => {
    let checks = 0;
    const monitor = loopWith(async () => {
      checks += 1;
      return true;
    });
    monitor.start();
    await monitor.close();
    await turn();
    expect(checks).toBe(0);
  });
});

test('a failed check is logged, and the next one follows', async () => {
  const gate = makeGate();
  const error = new Error('away');
  let checks = 0;
  const monitor = loopWith(async () => {
    checks += 1;
    if (checks === 1) throw error;
    await gate.pass();
    return true;
  });
  monitor.start();
  await gate.arrived;
  expect(harness.logger.lines).toEqual([
    { level: 'warn', message: 'system check failed', fields: { error } },
  ]);
  gate.open();
  await monitor.close();
});

test('does nothing while another api checks, and tries again', async () => {
  const gate = makeGate();
  let checks = 0;
  const monitor = loopWith(async () => {
    checks += 1;
    if (checks === 3) await gate.pass();
    return false;
  });
  monitor.start();
  await gate.arrived;
  gate.open();
  await monitor.close();
  expect([harness.reported, harness.dueCalls, harness.logger.lines]).toEqual([[], [], []]);
});

test('a database that answers but rejects writes is reported as unavailable', async () => {
  const refused = new TexasError(
    'storage_unavailable',
    'The database is read-only and rejects writes.',
  );
  const gate = makeGate();
  const monitor = loopWith(
    async (_name, work) => {
      await work();
      return true;
    },
    {
      alertRepository: { assertWritable: () => Promise.reject(refused) },
      send: () => gate.pass().then(() => 'ok'),
    },
  );
  monitor.start();
  await gate.arrived;
  gate.open();
  await monitor.close();
  expect(harness.sent).toEqual(['Texas AI: PostgreSQL does not respond, or rejects writes']);
});
