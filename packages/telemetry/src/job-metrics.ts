import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface JobMetrics {
  /** Records an attempt. The outcome is `done`, or the consequence of its failure. */
  ended(job: { name: string; outcome: string; seconds: number }): void;
  /** Records a step that took longer than expected. */
  slow(job: string): void;
}

const buckets = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

export interface ActiveJobs {
  queues: readonly string[];
  activeJobs(): readonly { queue: string }[];
}

/**
 * Measures a worker's jobs; `consumer` returns null until the worker consumes jobs. The label is `job_name`,
 * since Prometheus uses `job` for its targets.
 */
export function makeJobMetrics(registry: Registry, consumer: () => ActiveJobs | null): JobMetrics {
  const duration = new Histogram({
    name: 'texas_job_duration_seconds',
    help: 'Duration of attempts, by job and outcome.',
    labelNames: ['job_name', 'outcome'],
    buckets,
    registers: [registry],
  });
  const slow = new Counter({
    name: 'texas_slow_steps_total',
    help: 'Jobs that unexpectedly took longer than 30 s.',
    labelNames: ['job_name'],
    registers: [registry],
  });
  new Gauge({
    name: 'texas_jobs_active',
    help: 'Active jobs of this worker, by queue.',
    labelNames: ['queue'],
    registers: [registry],
    collect() {
      const { queues = [], activeJobs = () => [] } = consumer() ?? {};
      this.reset();
      for (const queue of queues) this.set({ queue }, 0);
      for (const { queue } of activeJobs()) this.inc({ queue });
    },
  });
  return {
    ended: ({ name, outcome, seconds }) =>
      duration.observe({ job_name: name, outcome: outcome.replaceAll('-', '_') }, seconds),
    slow: (job) => slow.inc({ job_name: job }),
  };
}
