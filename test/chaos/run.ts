import { setTimeout as pause } from 'node:timers/promises';
import { type AlertKind, type Owner, type Random, Temporal } from '@texas-ai/kernel';
import { storageFailure } from '@texas-ai/storage';
import { until } from '@texas-ai/testing';

import { aimedKills } from './aimed-kills.js';
import type { FaultyAuthor } from './faulty-author.js';
import { type ChaosSystem, patience, startChaosSystem } from './system.js';
import { type Accounts, faultsIn, type Harm } from './verdict.js';

export interface ChaosPlan {
  fallback: 'offline' | 'none';
  /** The number of concurrent workers, except for kills at chosen points. */
  workers: number;
  /** The minimum of kills of workers with a job, and of generations. */
  kills: number;
  generations: number;
  /** The number of kills at each chosen point. */
  aimedRounds: number;
  /** The faults of the servers, in any order. */
  outages: readonly Outage[];
  /** The share of author calls with faults, 0-1. */
  faultShare: number;
}

export type Outage =
  | 'flush'
  | 'restart redis'
  | 'crash redis'
  | 'restart postgres'
  | 'crash postgres'
  /** All calls fail until days fail for good. */
  | 'dead author'
  /** All workers are killed, and none is started until the alert. */
  | 'no worker';

export interface ChaosResult {
  faults: string[];
  accounts: Accounts;
  harm: Harm;
}

/** Maximum number of generations in flight. */
const inFlight = 14;

interface ChaosOptions {
  folder: string;
  author: FaultyAuthor;
  random: Random;
  owner: Owner;
  signal: AbortSignal;
  onCrash(failure: Error): void;
  say(line: string): void;
}

/**
 * Runs the plan on a private system, waits until nothing is in flight, and checks the result. Rejects with the signal's
 * reason as soon as it aborts.
 */
export async function runChaos(plan: ChaosPlan, options: ChaosOptions): Promise<ChaosResult> {
  const { signal } = options;
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([wreakHavoc(plan, options), aborted]);
}

async function wreakHavoc(plan: ChaosPlan, options: ChaosOptions): Promise<ChaosResult> {
  const { author, random, signal, say } = options;
  const { fallback } = plan;
  const system = await startChaosSystem({ ...options, fallback });
  const harm: Harm = { kills: 0, aimedKills: 0, callsCut: 0, daysAtDeadAuthor: 0, outages: 0 };
  const dates: string[] = [];
  const first = Temporal.PlainDate.from('2020-01-01');
  const nextDate = () => {
    const date = first.add({ days: dates.length }).toString();
    dates.push(date);
    return date;
  };

  await system.startWorker();
  for (let round = 0; round < plan.aimedRounds; round++) {
    for (const { point, kill } of aimedKills) {
      await kill(system, author, nextDate());
      // At most four chapters are in flight at such a point.
      harm.callsCut += 4;
      harm.aimedKills += 1;
      if (!point.startsWith('the api')) harm.kills += 1;
      if (system.workers.length === 0) await system.startWorker();
      await untilAtRest(system, point);
      say(point);
    }
  }
  say(`${harm.aimedKills} kills at ${aimedKills.length} chosen points`);

  author.misbehave(plan.faultShare);
  while (system.workers.length < plan.workers) await system.startWorker();
  const outages = random.shuffle(plan.outages);
  const happen: Record<Outage, () => Promise<void>> = {
    flush: system.flushRedis,
    'restart redis': system.redis.restart,
    'crash redis': system.redis.crash,
    'restart postgres': system.postgres.restart,
    'crash postgres': system.postgres.crash,
    async 'dead author'() {
      author.misbehave(1);
      harm.daysAtDeadAuthor += inFlight;
      const kind = fallback === 'none' ? 'generation_failed' : 'generation_fell_back';
      await untilWarned(system, kind);
      author.misbehave(plan.faultShare);
    },
    async 'no worker'() {
      for (const worker of [...system.workers]) {
        const calls = author.callsInFlight(`/${worker.name}`);
        harm.callsCut += calls;
        if (calls > 0) harm.kills += 1;
        await system.kill(worker);
      }
      await untilWarned(system, 'no_worker');
      while (system.workers.length < plan.workers) await system.startWorker();
    },
  };
  const killsEach = plan.kills / (outages.length + 1);
  let nextOutage = harm.kills + killsEach;
  let askedAll = false;
  const ask = async () => {
    while (!askedAll) {
      signal.throwIfAborted();
      if ((await unfinished(system)) < inFlight) await system.request(nextDate());
      else await pause(50);
    }
  };
  const breakThings = async () => {
    while (harm.kills < plan.kills || dates.length < plan.generations || outages.length > 0) {
      signal.throwIfAborted();
      await pause(random.int(200, 900));
      if (harm.kills >= nextOutage || harm.kills >= plan.kills) {
        const outage = outages.pop();
        nextOutage += killsEach;
        if (outage) {
          say(`${outage} after ${harm.kills} kills and ${dates.length} generations`);
          await happen[outage]();
          harm.outages += 1;
        }
      }
      // The remaining generations are written without kills, each of which costs a lease.
      if (harm.kills >= plan.kills) continue;
      const victims = system.workers.filter(({ name }) => author.callsInFlight(`/${name}`) > 0);
      if (victims.length === 0) continue;
      const victim = random.pick(victims);
      harm.callsCut += author.callsInFlight(`/${victim.name}`);
      await system.kill(victim);
      harm.kills += 1;
      await system.startWorker();
    }
    askedAll = true;
  };
  const asking = ask();
  await Promise.race([breakThings(), asking]);
  await asking;
  say('all asked');
  author.misbehave(0);
  await untilAtRest(system, 'the end');
  say('at rest');
  await untilTold(system);
  return { ...(await faultsIn(system, author, { fallback, dates, harm })), harm };
}

async function untilWarned({ database, signal }: ChaosSystem, kind: AlertKind): Promise<void> {
  const began = Temporal.Now.instant().toString();
  const isWarned = async () => {
    signal.throwIfAborted();
    const seen = await database('alerts').where({ kind }).where('last_seen_at', '>', began);
    return seen.length > 0;
  };
  await until(isWarned, patience, 100).catch((cause) => {
    throw new Error(`No alert of the kind ${kind} was raised.`, { cause });
  });
}

async function unfinished({ database, signal }: ChaosSystem): Promise<number> {
  signal.throwIfAborted();
  try {
    const [row] = await database('generations')
      .whereIn('status', ['queued', 'planning', 'writing', 'publishing'])
      .count<{ count: number }[]>('* as count');
    return row?.count ?? 0;
  } catch (error) {
    // During an outage of the database, the number of finished generations is unknown.
    if (storageFailure(error).code === 'storage_unavailable') return inFlight;
    throw error;
  }
}

async function untilAtRest(system: ChaosSystem, after: string): Promise<void> {
  await until(async () => (await unfinished(system)) === 0, patience, 100).catch((cause) => {
    throw new Error(`Something was still in flight after: ${after}.`, { cause });
  });
}

/** Resolves once all published days are announced, and all alerts have recovered and been delivered. */
async function untilTold({ database, signal }: ChaosSystem): Promise<void> {
  await until(
    async () => {
      signal.throwIfAborted();
      const { rows } = await database.raw<{ rows: { left: number }[] }>(`
        SELECT (SELECT count(*) FROM generations WHERE status = 'published' AND announced_at IS NULL)
          + (SELECT count(*) FROM alert_deliveries WHERE sent_at IS NULL)
          + (SELECT count(*) FROM alerts WHERE quiet_seconds IS NULL AND recovered_at IS NULL) AS left`);
      return rows[0]?.left === 0;
    },
    patience,
    100,
  ).catch((cause) => {
    throw new Error('Not everything was announced, recovered and delivered.', { cause });
  });
}
