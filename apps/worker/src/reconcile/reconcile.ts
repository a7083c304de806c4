import { restoreSchedules } from '@texas-ai/jobs';
import { announceUnannounced, recoverStalled, rewriteFallbacks } from '@texas-ai/life';
import { updateCooldownAlerts } from '../authors/cooldown-alerts.js';
import type { WorkerDeps } from '../deps.js';
import { fallBackOverdue } from './fall-back-overdue.js';
import { wantedSchedules } from './wanted-schedules.js';

/** A refused key or model that has not been probed for this many intervals counts as no longer used by any worker. */
const maxMissedProbes = 3;

/** Runs the tasks that one worker at a time performs for the fleet; a failed task does not stop the others. */
export async function reconcile(deps: WorkerDeps): Promise<void> {
  const { logger } = deps;
  for (const [task, work] of Object.entries(tasks)) {
    try {
      await work(deps);
    } catch (error) {
      logger.warn('reconciling failed, will be retried', { task, error });
    }
  }
}

const tasks: Record<string, (deps: WorkerDeps) => Promise<void>> = {
  async 'recover stalled'({ store, steps, timing, logger }) {
    const generations = await recoverStalled({ store, steps }, timing.staleMs);
    if (generations > 0) logger.warn('stalled generations recovered', { generations });
  },

  // During a deployment, a process of the older release may have stored its own profiles.
  async 'synchronise profiles'({ store, characters, logger }) {
    const changed = await store.characters.synchronise(characters);
    if (changed.length > 0) logger.info('profiles synchronised', { characters: changed });
  },

  'fall back': (deps) => fallBackOverdue({ ...deps, fallback: deps.config.authoring.fallback }),

  async announce({ store, announce, clock, timing, logger }) {
    const days = await announceUnannounced({ store, announce, clock }, timing.staleMs);
    if (days > 0) logger.warn('unannounced days announced', { days });
  },

  async 'close lost calls'({ store, clock, config, logger }) {
    const seconds = 2 * config.authoring.callTimeoutSeconds + 120;
    const calls = await store.ledger.closeLost(clock.now().subtract({ seconds }));
    if (calls > 0) logger.warn('calls of dead workers closed', { calls });
  },

  async 'expire cooldowns'({ store, clock, announcer }) {
    const over = await store.cooldowns.expire(clock.now());
    if (over > 0) await announcer.announce({ kind: 'holds.changed' });
  },

  async 'remove abandoned cooldowns'({ store, clock, timing, logger }) {
    const milliseconds = maxMissedProbes * timing.probeMs;
    const abandoned = await store.cooldowns.removeAbandoned(clock.now().subtract({ milliseconds }));
    for (const { author, model } of abandoned) {
      logger.info('a refused key or model is no longer used', { author, model });
    }
  },

  'update cooldown alerts': updateCooldownAlerts,

  async 'rewrite fallbacks'({ config, requestDeps, logger }) {
    if (!config.authoring.rewriteFallback) return;
    const days = await rewriteFallbacks(requestDeps);
    if (days > 0) logger.info('rewriting days that had fallen back', { days });
  },

  async 'restore schedules'({ config, queues, logger }) {
    const jobs = await restoreSchedules(queues, wantedSchedules(config));
    if (jobs.length > 0) logger.info('schedules restored', { jobs });
  },

  async 'back up'({ backupDeps, steps }) {
    for (const { id } of await backupDeps.backups.queued()) await steps.backUp(id);
  },

  async alerts({ alerts, alertRepository, channels, steps, clock }) {
    await alerts.recoverQuiet(clock.now());
    const names = channels.map(({ name }) => name);
    await steps.sendAlerts(await alertRepository.due(clock.now(), 500, names));
  },
};
