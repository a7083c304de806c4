import { expect, test } from '@jest/globals';
import { Temporal, TexasError } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { makeFleetClock } from './fleet-clock.js';

const database = Temporal.Instant.from('2026-11-25T04:00:00Z');

function clocks() {
  const times = { own: database, database: database as Temporal.Instant | null };
  const logger = makeLogSpy();
  const clock = makeFleetClock({
    own: { now: () => times.own },
    store: {
      async now() {
        if (times.database) return times.database;
        throw new TexasError('storage_unavailable', 'The database does not respond.');
      },
    },
    logger,
  });
  return { times, logger, clock };
}

test('follows the database’s clock, also between two synchronisations', async () => {
  const { times, clock } = clocks();
  times.own = database.add({ hours: 24 });
  await clock.synchronise();
  expect(clock.now()).toEqual(database);
  times.own = times.own.add({ seconds: 5 });
  expect(clock.now()).toEqual(database.add({ seconds: 5 }));
  times.own = database.subtract({ hours: 1 });
  await clock.synchronise();
  expect(clock.now()).toEqual(database);
});

test('keeps its offset while the database is unavailable', async () => {
  const { times, clock } = clocks();
  times.own = database.add({ hours: 24 });
  await clock.synchronise();
  times.database = null;
  times.own = times.own.add({ minutes: 1 });
  await clock.synchronise();
  expect(clock.now()).toEqual(database.add({ minutes: 1 }));
});

test('warns once each time the process’s own clock is far off', async () => {
  const { times, logger, clock } = clocks();
  for (const seconds of [0, 10, -11, 60, 3, 11]) {
    times.own = database.add({ seconds });
    await clock.synchronise();
  }
  expect(logger.lines.map(({ level, fields }) => [level, fields])).toEqual([
    ['warn', { aheadMs: -11_000 }],
    ['warn', { aheadMs: 11_000 }],
  ]);
});
