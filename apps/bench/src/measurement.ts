import type { ProcessEnvironment } from '@texas-ai/config';
import type { Logger } from '@texas-ai/kernel';
import type { Supervisor } from '@texas-ai/local-services';
import type { Figure } from './figure.js';
import type { FixtureName, Fixtures } from './fixtures.js';
import type { Servers } from './servers.js';

/**
 * What a measurement works with. It has a process, an empty database and an empty Redis for itself,
 * so that none depends on what others left behind.
 */
export interface Bench {
  servers: Servers;
  /** The repository's. */
  root: string;
  /** For its own files and logs; removed with the run. */
  folder: string;
  environment: ProcessEnvironment;
  /** Starts processes that end with the measurement. */
  supervisor: Supervisor;
  logger: Logger;
}

/** Measures some figures that are got together. */
export interface Measurement<Need extends FixtureName = FixtureName> {
  /** What `--only` knows it by; it never changes. */
  id: string;
  title: string;
  /** What is made before, once for all measurements of a run that need it. */
  needs: readonly Need[];
  measure(bench: Bench, fixtures: Pick<Fixtures, Need>): Promise<Figure[]>;
}

/** Gives `measure` exactly the fixtures that `needs` names. */
export function defineMeasurement<const Need extends FixtureName = never>(
  measurement: Measurement<Need>,
): Measurement {
  return measurement;
}
