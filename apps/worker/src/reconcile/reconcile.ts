import { restoreSchedules } from '@texas-ai/jobs';
import { announceForgotten, rewriteFallbacks, takeUpLost } from '@texas-ai/life';
import { tellOfHolds } from '../authors/cooldown-alerts.js';
import type { WorkerDeps } from '../deps.js';
import { endLongWaits } from './end-long-waits.js';
import { wantedSchedules } from './wanted-schedules.js';

/** After so many probes that nobody made, no worker has the refused key or model any more. */
const probesMissed = 3;

/** What one worker at a time does for all. Each task stands by itself: one that fails stops no other. */
export async function reconcile(deps: WorkerDeps): Promise<void> {
  const { logger } = deps;
  for (const [task, work] of Object.entries(tasks)) {
    try {
      await work(deps);
    } catch (error) {
      logger.warn('reconciling failed, will be tried again', { task, error });
    }
  }
}

const tasks: Record<string, (deps: WorkerDeps) => Promise<void>> = {
  async 'take up lost work'({ store, steps, timing, logger }) {
    const generations = await takeUpLost({ store, steps }, timing.untouchedMs);
    if (generations > 0) logger.warn('lost work taken up', { generations });
  },

  // A process of an older release that started last may have put other profiles there.
  async 'synchronise profiles'({ store, characters, logger }) {
    const changed = await store.characters.synchronise(characters);
    if (changed.length > 0) logger.info('profiles synchronised', { characters: changed });
  },

  'end long waits': (deps) => endLongWaits(deps),

  async announce({ store, announce, clock, timing, logger }) {
    const days = await announceForgotten({ store, announce, clock }, timing.untouchedMs);
    if (days > 0) logger.warn('forgotten days announced', { days });
  },

  async 'close lost calls'({ store, clock, config, logger }) {
    const seconds = 2 * config.authoring.callTimeoutSeconds + 120;
    const calls = await store.ledger.closeLost(clock.now().subtract({ seconds }));
    if (calls > 0) logger.warn('calls whose worker died closed', { calls });
  },

  async 'lift holds'({ store, clock, announcer }) {
    const over = await store.holds.liftOver(clock.now());
    if (over > 0) await announcer.announce({ kind: 'holds.changed' });
  },

  async 'forget holds that nobody has'({ store, clock, timing, logger }) {
    const milliseconds = probesMissed * timing.probeMs;
    const unused = await store.holds.liftUnused(clock.now().subtract({ milliseconds }));
    for (const { author, model } of unused) {
      logger.info('a refused key or model is no longer used', { author, model });
    }
  },

  'tell of holds': tellOfHolds,

  async 'write anew'({ config, requesting, logger }) {
    if (!config.authoring.rewriteFallback) return;
    const days = await rewriteFallbacks(requesting);
    if (days > 0) logger.info('days are written anew by their own author', { days });
  },

  async 'restore schedules'({ config, queues, logger }) {
    const jobs = await restoreSchedules(queues, wantedSchedules(config));
    if (jobs.length > 0) logger.info('schedules put back', { jobs });
  },

  async 'back up'({ backing, steps }) {
    for (const { id } of await backing.backups.queued()) await steps.backUp(id);
  },

  async alerts({ alerts, alertRepository, channels, steps, clock }) {
    await alerts.recoverQuiet(clock.now());
    const names = channels.map(({ name }) => name);
    await steps.sendAlerts(await alertRepository.due(clock.now(), 500, names));
  },
};
