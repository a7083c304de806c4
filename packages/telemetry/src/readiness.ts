import type { Probe } from './probe.js';

export interface Readiness {
  /** The database is migrated and contains the profiles. */
  started: boolean;
  /** The process finishes its current work and accepts no more. */
  draining: boolean;
  /** Why the process is not ready; null if it is. Resolves within the probes' time limit. */
  reasonNotReady(): Promise<string | null>;
}

export function makeReadiness({
  database,
  redis,
}: {
  database: Probe<true>;
  redis: Probe<true>;
}): Readiness {
  const readiness: Readiness = {
    started: false,
    draining: false,
    async reasonNotReady() {
      if (readiness.draining) return 'shutting down';
      if (!readiness.started) return 'waiting for the database to be up to date';
      const [databaseUp, redisUp] = await Promise.all([database(), redis()]);
      const unavailable = [...(databaseUp ? [] : ['database']), ...(redisUp ? [] : ['redis'])];
      return unavailable.length === 0 ? null : `no response from ${unavailable.join(' and ')}`;
    },
  };
  return readiness;
}
