import type { Step, StepQueue } from '@texas-ai/life';

export interface MemoryQueue extends StepQueue {
  /** What waits, in order; a test takes from it to work as the fleet would. */
  waiting: Step[];
  /** Ids of ended jobs that are still held. */
  spent: Set<string>;
}

/** A queue of steps that ignores what it knows, as the real one does. */
export function makeMemoryQueue(): MemoryQueue {
  const waiting: Step[] = [];
  const spent = new Set<string>();
  const idOf = ({ kind, generationId, run, chapter }: Step) =>
    [kind, generationId, run, chapter].join('-');
  return {
    waiting,
    spent,
    async enqueue(steps) {
      for (const step of steps) {
        const id = idOf(step);
        if (!spent.has(id) && !waiting.some((other) => idOf(other) === id)) waiting.push(step);
      }
    },
    async states(steps) {
      return steps.map((step) => {
        const id = idOf(step);
        if (spent.has(id)) return 'ended';
        return waiting.some((other) => idOf(other) === id) ? 'waiting' : 'none';
      });
    },
  };
}
