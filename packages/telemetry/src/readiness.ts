import type { Probe } from './probe.js';

/** Whether this process can do its work. */
export interface Readiness {
  /** The database is up to date and the profiles are in it. */
  started: boolean;
  /** What is under way is finished; nothing new is wanted. */
  draining: boolean;
  /** Why it cannot work, in a few words; null when it can. Answers within the probes' time limit. */
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
      const [databaseAnswers, redisAnswers] = await Promise.all([database(), redis()]);
      const away = [...(databaseAnswers ? [] : ['database']), ...(redisAnswers ? [] : ['redis'])];
      return away.length === 0 ? null : `no answer from ${away.join(' and ')}`;
    },
  };
  return readiness;
}
