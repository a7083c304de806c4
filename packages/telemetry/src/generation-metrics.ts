import { Counter, type Registry } from 'prom-client';

export interface FinishedGeneration {
  status: 'published' | 'failed';
  author: string;
  /** The reason of the failure or of the fallback to another author; empty otherwise. */
  code: string;
}

/** Counts finished generations. */
export function makeGenerationMetrics(
  registry: Registry,
): (generation: FinishedGeneration) => void {
  const finished = new Counter({
    name: 'texas_generations_finished_total',
    help: 'Published and failed generations, by author and error code.',
    labelNames: ['status', 'author', 'code'],
    registers: [registry],
  });
  return ({ status, author, code }) => finished.inc({ status, author, code });
}
