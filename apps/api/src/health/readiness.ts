import type { HealthProbes } from './health.js';

/** Whether this process can serve requests. */
export interface Readiness {
  /** The database is up to date and the profiles are in it. */
  started: boolean;
  /** Requests that are under way are finished; no new ones are wanted. */
  draining: boolean;
  /** Why it cannot serve, in a few words; null when it can. Answers within the probes' time limit. */
  reasonNotReady(): Promise<string | null>;
}

export function makeReadiness({
  database,
  redis,
}: Pick<HealthProbes, 'database' | 'redis'>): Readiness {
  const readiness: Readiness = {
    started: false,
    draining: false,
    async reasonNotReady() {
      if (readiness.draining) return 'shutting down';
      if (!readiness.started) return 'waiting for the database to be up to date';
      const [databaseAnswers, redisAnswers] = await Promise.all([database(), redis()]);
      const away = [...(databaseAnswers ? [] : ['database']), ...(redisAnswers ? [] : ['redis'])];
      return away.length === 0 ? null : `no answer from ${away.join(' and ')}`;
    },
  };
  return readiness;
}
