import {
  type AuthorCallMeasurement,
  type FinishedGeneration,
  type JobMetrics,
  type Metrics,
  makeAuthorMetrics,
  makeGenerationMetrics,
  makeJobMetrics,
} from '@texas-ai/telemetry';

/** What this worker tells its metrics. */
export interface Measured {
  jobs: JobMetrics;
  authorCall(call: AuthorCallMeasurement): void;
  generation(generation: FinishedGeneration): void;
  /** Who is asked for the active jobs; null until the worker works. */
  working: Parameters<typeof makeJobMetrics>[1] extends () => infer Working ? Working : never;
}

/** `currency` is that of the price table. */
export function makeMeasured({ registry }: Metrics, currency: string): Measured {
  const measured: Measured = {
    jobs: makeJobMetrics(registry, () => measured.working),
    authorCall: makeAuthorMetrics(registry, currency),
    generation: makeGenerationMetrics(registry),
    working: null,
  };
  return measured;
}
