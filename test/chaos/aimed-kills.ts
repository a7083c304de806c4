import type { GenerationView } from '@texas-ai/life';
import { until } from '@texas-ai/testing';

import type { FaultyAuthor } from './faulty-author.js';
import { type ChaosSystem, patience, type Running } from './system.js';

// Kills at points that random kills rarely hit. One worker runs at a time, and is then replaced.

export interface AimedKill {
  /** The point of the kill. */
  point: string;
  /** Kills a process at this point, and returns a generation that it was working on. */
  kill(system: ChaosSystem, author: FaultyAuthor, date: string): Promise<void>;
}

export const aimedKills: readonly AimedKill[] = [
  {
    point: 'the api: stored and not yet enqueued',
    async kill(system, _author, date) {
      const api = system.api();
      api.redis.stall();
      system.requestInVain(date);
      await until(async () => (await newest(system, date)) !== null, patience, 5);
      await system.restartApi();
    },
  },
  {
    point: 'in the middle of a call',
    async kill(system, author, date) {
      const worker = only(system);
      const gate = author.gate(`/${worker.name}`);
      await system.request(date);
      await until(() => author.callsInFlight(`/${worker.name}`) > 0, patience, 5);
      await system.kill(worker);
      gate.open();
    },
  },
  {
    point: 'a plan stored, its chapters not yet enqueued',
    async kill(system, author, date) {
      const worker = only(system);
      const gate = author.gate(`/${worker.name}`);
      await system.request(date);
      await until(() => author.callsInFlight(`/${worker.name}`) > 0, patience, 5);
      worker.redis.stall();
      gate.open();
      await until(async () => (await newest(system, date))?.status === 'writing', patience, 2);
      await system.kill(worker);
    },
  },
  {
    point: 'a chapter stored and not acknowledged',
    async kill(system, author, date) {
      const worker = only(system);
      await system.request(date);
      await until(async () => (await newest(system, date))?.status === 'writing', patience, 2);
      const gate = author.gate(`/${worker.name}`);
      const written = () => writtenChapters(system, date);
      await until(() => author.callsInFlight(`/${worker.name}`) > 0, patience, 2);
      worker.redis.stall();
      const before = await written();
      gate.open();
      await until(async () => (await written()) > before, patience, 2);
      await system.kill(worker);
    },
  },
  {
    point: 'committed and not announced',
    async kill(system, _author, date) {
      const worker = only(system);
      const { id } = await system.request(date);
      const { database } = system;
      // Another transaction is publishing the same date, so that the worker waits in its own.
      const other = await database.transaction();
      try {
        await other('days').insert({ character_id: 'texas', date, generation_id: id });
        await until(async () => (await waitingToPublish(system)) > 0, patience, 5);
        worker.redis.stall();
      } finally {
        await other.rollback();
      }
      await until(async () => (await newest(system, date))?.status === 'published', patience, 2);
      await system.kill(worker);
    },
  },
];

function only({ workers }: ChaosSystem): Running {
  const [worker, another] = workers;
  if (!worker || another) throw new Error('One worker is to run.');
  return worker;
}

async function newest(
  { database }: ChaosSystem,
  date: string,
): Promise<Pick<GenerationView, 'status'> | null> {
  const row = await database('generations').where({ date }).orderBy('ordinal', 'desc').first();
  return row ?? null;
}

async function writtenChapters({ database }: ChaosSystem, date: string): Promise<number> {
  const [row] = await database('chapters')
    .join('generations', 'generations.id', 'generation_id')
    .where({ date })
    .whereNotNull('written_at')
    .count<{ count: number }[]>('* as count');
  return row?.count ?? 0;
}

async function waitingToPublish({ database }: ChaosSystem): Promise<number> {
  const [row] = await database('pg_stat_activity')
    .where({ wait_event_type: 'Lock', application_name: 'texas-worker' })
    .whereILike('query', '%days%')
    .count<{ count: number }[]>('* as count');
  return row?.count ?? 0;
}
