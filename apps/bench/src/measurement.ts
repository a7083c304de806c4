import type { ProcessEnvironment } from '@texas-ai/config';
import type { Logger } from '@texas-ai/kernel';
import type { Supervisor } from '@texas-ai/local-services';
import type { Figure } from './figure.js';
import type { FixtureName, Fixtures } from './fixtures.js';
import type { Servers } from './servers.js';

/** The environment of a measurement: each has its own process, an empty database and an empty Redis. */
export interface Bench {
  servers: Servers;
  /** The root of the repository. */
  root: string;
  /** For files and logs; deleted after the run. */
  folder: string;
  environment: ProcessEnvironment;
  /** Starts processes that exit with the measurement. */
  supervisor: Supervisor;
  logger: Logger;
}

/** Measures related figures. */
export interface Measurement<Need extends FixtureName = FixtureName> {
  /** The stable name for `--only`. */
  id: string;
  title: string;
  /** Fixtures, which are created once per run. */
  needs: readonly Need[];
  measure(bench: Bench, fixtures: Pick<Fixtures, Need>): Promise<Figure[]>;
}

/** Types `measure` with exactly the fixtures in `needs`. */
export function defineMeasurement<const Need extends FixtureName = never>(
  measurement: Measurement<Need>,
): Measurement {
  return measurement;
}
