import type { Activity, Theme } from '@texas-ai/life';
import type { Grammar, Phase } from './grammar.js';
import { position } from './rotation.js';
import { fillAll, type Words } from './templates.js';

/** Something the character does; `turn` rotates the details that accompany it. */
export interface Beat {
  clause: string;
  turn: number;
}

/** The clauses for each phase of an item, in the order in which things happen. */
export type BeatPools = Readonly<Record<Phase, readonly string[]>>;

/** The position of an item among the items of its day that share its pools. */
export interface ItemTurn {
  /** Rotates the pools from day to day. */
  day: number;
  /** The number of items before this one, and of all. */
  nth: number;
  of: number;
}

/** The generic grammar supplements an item that has fewer clauses of its own. */
const minClauses: Record<Phase, number> = { start: 3, middle: 6, end: 3 };

/** The clauses of an item: those of its activity and its theme, and generic ones. */
export function beatPools(
  { activity, theme }: { activity: Activity | undefined; theme: Theme | undefined },
  generic: Grammar['beats'][keyof Grammar['beats']],
  words: Words,
): BeatPools {
  const poolFor = (phase: Phase) => {
    const clauses = [...(activity?.beats?.[phase] ?? []), ...(theme?.beats?.[phase] ?? [])];
    const own = fillAll(clauses, words);
    return own.length >= minClauses[phase] ? own : [...own, ...fillAll(generic[phase], words)];
  };
  return { start: poolFor('start'), middle: poolFor('middle'), end: poolFor('end') };
}

/**
 * The beats of each slot of an item. The first slot starts the item, the last ends it, and the slots
 * between continue it in the order of the pool. Items of one day that share a pool take different
 * parts of it while it lasts. A slot for which nothing is left gets an empty list.
 */
export function beatsBySlot(pools: BeatPools, slots: number, { day, nth, of }: ItemTurn): Beat[][] {
  const beats: Beat[][] = Array.from({ length: slots }, () => []);
  const order = middleSlots(slots);
  const share = Math.max(slots - 1, Math.ceil(pools.middle.length / of));
  const middle = take(pools.middle, Math.min(order.length, share), day + nth * share);
  const targets = order.slice(0, middle.length).sort((a, b) => a - b);
  targets.forEach((slot, n) => {
    const beat = middle[n];
    if (beat !== undefined) beats[slot]?.push(beat);
  });
  beats[0]?.unshift(...take(pools.start, 1, day + nth));
  beats.at(-1)?.push(...take(pools.end, 1, day + nth));
  return beats;
}

/** The slots to fill with the middle: each inner slot, the last, each inner one again, the first. */
function middleSlots(slots: number): number[] {
  const inner = Array.from({ length: Math.max(0, slots - 2) }, (_, n) => n + 1);
  return slots < 2 ? [] : [...inner, slots - 1, ...inner, 0];
}

/** Different clauses of a pool, in the order of the pool. */
function take(pool: readonly string[], count: number, turn: number): Beat[] {
  const size = pool.length;
  return Array.from({ length: Math.min(count, size) }, (_, n) => turn + n)
    .map((at) => ({ at, index: position(at, size) }))
    .sort((a, b) => a.index - b.index)
    .map(({ at, index }) => ({
      clause: pool[index] ?? '',
      turn: (at % size) + Math.floor(at / size),
    }));
}
