/** Whether this process can serve requests. */
export interface Readiness {
  /** The database is up to date and the profiles are in it. */
  started: boolean;
  /** Requests that are under way are finished; no new ones are wanted. */
  draining: boolean;
  /** Why it cannot serve, in a few words; null when it can. Answers within the probes' time limit. */
  reasonNotReady(): Promise<string | null>;
}

const probeMs = 1500;

export function makeReadiness(probes: Record<string, () => Promise<unknown>>): Readiness {
  const readiness: Readiness = {
    started: false,
    draining: false,
    async reasonNotReady() {
      if (readiness.draining) return 'shutting down';
      if (!readiness.started) return 'waiting for the database to be up to date';
      const failed = await Promise.all(
        Object.entries(probes).map(async ([name, probe]) => ((await answers(probe)) ? [] : [name])),
      );
      const away = failed.flat();
      return away.length === 0 ? null : `no answer from ${away.join(' and ')}`;
    },
  };
  return readiness;
}

async function answers(probe: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), probeMs);
  });
  const answered = probe().then(
    () => true,
    () => false,
  );
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
