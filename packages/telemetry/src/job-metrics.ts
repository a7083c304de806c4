import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface JobMetrics {
  /** A job's work ended: `done`, or what becomes of it after its failure. */
  ended(job: { name: string; outcome: string; seconds: number }): void;
  /** A step took longer than it should. */
  slow(job: string): void;
}

const buckets = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

export interface ActiveJobs {
  queues: readonly string[];
  activeJobs(): readonly { queue: string }[];
}

/**
 * Measures what a worker does; `working` is null until it works. The label is `job_name`, since `job`
 * is what Prometheus calls the processes that it asks.
 */
export function makeJobMetrics(registry: Registry, working: () => ActiveJobs | null): JobMetrics {
  const duration = new Histogram({
    name: 'texas_job_duration_seconds',
    help: 'Time that a try of a job took, by job and outcome.',
    labelNames: ['job_name', 'outcome'],
    buckets,
    registers: [registry],
  });
  const slow = new Counter({
    name: 'texas_slow_steps_total',
    help: 'Jobs that took longer than 30 s and should not.',
    labelNames: ['job_name'],
    registers: [registry],
  });
  new Gauge({
    name: 'texas_jobs_active',
    help: 'Jobs that this worker is at, by queue.',
    labelNames: ['queue'],
    registers: [registry],
    collect() {
      const { queues = [], activeJobs = () => [] } = working() ?? {};
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
