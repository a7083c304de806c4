import { Counter, type Registry } from 'prom-client';

export interface FinishedGeneration {
  status: 'published' | 'failed';
  author: string;
  /** Why it failed, or why the fallback author finished it; empty otherwise. */
  code: string;
}

/** Counts generations that came to their end. */
export function makeGenerationMetrics(
  registry: Registry,
): (generation: FinishedGeneration) => void {
  const finished = new Counter({
    name: 'texas_generations_finished_total',
    help: 'Generations published or failed, by author and by the code of what went wrong.',
    labelNames: ['status', 'author', 'code'],
    registers: [registry],
  });
  return ({ status, author, code }) => finished.inc({ status, author, code });
}
