import type { Step, StepQueue } from '@texas-ai/life';

export interface MemoryQueue extends StepQueue {
  /** Waiting steps in order; tests take from it as workers would. */
  waiting: Step[];
  /** Ids of ended jobs that are still in the queue. */
  endedIds: Set<string>;
}

/** A queue that ignores steps it already has, like the real one. */
export function makeMemoryQueue(): MemoryQueue {
  const waiting: Step[] = [];
  const endedIds = new Set<string>();
  const idOf = ({ kind, generationId, run, chapter }: Step) =>
    [kind, generationId, run, chapter].join('-');
  return {
    waiting,
    endedIds,
    async enqueue(steps) {
      for (const step of steps) {
        const id = idOf(step);
        if (!endedIds.has(id) && !waiting.some((other) => idOf(other) === id)) waiting.push(step);
      }
    },
    async states(steps) {
      return steps.map((step) => {
        const id = idOf(step);
        if (endedIds.has(id)) return 'ended';
        return waiting.some((other) => idOf(other) === id) ? 'waiting' : 'none';
      });
    },
  };
}
