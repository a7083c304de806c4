import {
  type AuthorCallMeasurement,
  type FinishedGeneration,
  type JobMetrics,
  type Metrics,
  makeAuthorMetrics,
  makeGenerationMetrics,
  makeJobMetrics,
} from '@texas-ai/telemetry';

/** Records what this worker does. */
export interface WorkerMetrics {
  jobs: JobMetrics;
  authorCall(call: AuthorCallMeasurement): void;
  generation(generation: FinishedGeneration): void;
  /** Provides the active jobs; null until the worker consumes its queues. */
  consumer: ReturnType<Parameters<typeof makeJobMetrics>[1]>;
}

/** `currency` is the currency of the price table. */
export function makeWorkerMetrics({ registry }: Metrics, currency: string): WorkerMetrics {
  const workerMetrics: WorkerMetrics = {
    jobs: makeJobMetrics(registry, () => workerMetrics.consumer),
    authorCall: makeAuthorMetrics(registry, currency),
    generation: makeGenerationMetrics(registry),
    consumer: null,
  };
  return workerMetrics;
}
