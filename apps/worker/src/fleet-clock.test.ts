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
        throw new TexasError('storage_unavailable', 'The database does not answer.');
      },
    },
    logger,
  });
  return { times, logger, clock };
}

test('goes by the database, whatever the own clock says, and on between two looks', async () => {
  const { times, clock } = clocks();
  times.own = database.add({ hours: 24 });
  await clock.agree();
  expect(clock.now()).toEqual(database);
  times.own = times.own.add({ seconds: 5 });
  expect(clock.now()).toEqual(database.add({ seconds: 5 }));
  times.own = database.subtract({ hours: 1 });
  await clock.agree();
  expect(clock.now()).toEqual(database);
});

test('goes on as it is while the database does not answer', async () => {
  const { times, clock } = clocks();
  times.own = database.add({ hours: 24 });
  await clock.agree();
  times.database = null;
  times.own = times.own.add({ minutes: 1 });
  await clock.agree();
  expect(clock.now()).toEqual(database.add({ minutes: 1 }));
});

test('says once, for as long as it is so, that the own clock is far off', async () => {
  const { times, logger, clock } = clocks();
  for (const seconds of [0, 10, -11, 60, 3, 11]) {
    times.own = database.add({ seconds });
    await clock.agree();
  }
  expect(logger.lines.map(({ level, fields }) => [level, fields])).toEqual([
    ['warn', { aheadMs: -11_000 }],
    ['warn', { aheadMs: 11_000 }],
  ]);
});
