import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { processEnvironment } from '@texas-ai/config';
import { makeOwner, type Owner, seededRandom } from '@texas-ai/kernel';
import { startFaultyAuthor } from './chaos/faulty-author.js';
import { type ChaosPlan, runChaos } from './chaos/run.js';

// The built product under faults: real servers that restart and crash, killed processes, and a faulty author.
// `npm run test:chaos` does the same for minutes, with another seed.

const { TEXAS_CHAOS = 'short', TEXAS_CHAOS_SEED } = processEnvironment();
const whole = TEXAS_CHAOS === 'whole';
const seed = TEXAS_CHAOS_SEED ?? (whole ? String(Date.now()) : '1');
const minute = 60_000;

const plans: readonly ChaosPlan[] = whole
  ? [
      {
        fallback: 'offline',
        workers: 4,
        kills: 140,
        generations: 140,
        aimedRounds: 2,
        outages: [
          'flush',
          'flush',
          'restart redis',
          'crash redis',
          'restart postgres',
          'crash postgres',
          'dead author',
          'no worker',
        ],
        faultShare: 0.3,
      },
      {
        fallback: 'none',
        workers: 4,
        kills: 70,
        generations: 70,
        aimedRounds: 1,
        outages: ['flush', 'restart redis', 'restart postgres', 'dead author', 'no worker'],
        faultShare: 0.3,
      },
    ]
  : [
      {
        fallback: 'offline',
        workers: 2,
        kills: 14,
        generations: 16,
        aimedRounds: 1,
        outages: ['flush', 'restart redis', 'crash postgres', 'dead author', 'no worker'],
        faultShare: 0.3,
      },
    ];

// The run is bounded by its plan. This only ends a run that hangs, even on a slow machine.
const limit = (whole ? 30 : 15) * minute;

let owner: Owner;
let over: AbortController;
let timer: NodeJS.Timeout;
let folder: string;
beforeEach(() => {
  owner = makeOwner();
  over = new AbortController();
  timer = setTimeout(() => {
    over.abort(new Error(`The run did not end within ${limit / minute} minutes.`));
  }, limit);
  folder = mkdtempSync(join(tmpdir(), 'texas-chaos-'));
  chmodSync(folder, 0o755);
});
afterEach(async () => {
  clearTimeout(timer);
  over.abort(new Error('The run is over.'));
  await owner.closeAll();
  rmSync(folder, { recursive: true, force: true });
}, 5 * minute);

const say = (line: string) =>
  process.stdout.write(`chaos ${Math.round(performance.now() / 1000)} s: ${line}\n`);

test.each(plans)(
  'nothing accepted is lost under kills, outages and a bad author (fallback $fallback)',
  async (plan) => {
    say(`seed ${seed}, fallback ${plan.fallback}`);
    const random = seededRandom('chaos', seed, plan.fallback);
    const author = owner.own(
      await startFaultyAuthor(seededRandom('author', seed, plan.fallback), { min: 100, max: 500 }),
      (each) => each.stop(),
    );
    try {
      const { faults, accounts, harm } = await runChaos(plan, {
        folder,
        author,
        random,
        owner,
        signal: over.signal,
        onCrash: (failure) => over.abort(failure),
        say,
      });
      say(`done: ${JSON.stringify(harm)}`);
      say(`left: ${JSON.stringify(accounts)}`);
      say(`answers: ${JSON.stringify(Object.fromEntries(author.answered))}`);
      expect(faults).toEqual([]);
      expect(harm.kills).toBeGreaterThanOrEqual(plan.kills);
      expect(accounts.generations).toBeGreaterThanOrEqual(plan.generations);
      const failure = plan.fallback === 'none' ? 'generation_failed' : 'generation_fell_back';
      expect(Object.keys(accounts.alerts)).toEqual(expect.arrayContaining([failure, 'no_worker']));
    } catch (error) {
      for (const log of logsBelow(folder)) say(log);
      throw error;
    }
  },
  limit + 5 * minute,
);

/** The last lines of each process. */
function logsBelow(home: string): string[] {
  return readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.log'))
    .map((name) => `${name}:\n${readFileSync(join(home, name), 'utf8').slice(-6_000)}`);
}
