import type { Phase } from './grammar.js';
import { position } from './rotation.js';

/** Something she does, with the turn that what goes with it rotates by. */
export interface Beat {
  clause: string;
  turn: number;
}

/** What each phase of an item can be told with, in the order in which things happen. */
export type BeatPools = Readonly<Record<Phase, readonly string[]>>;

/** Where an item stands among those of its day that are told from the same pools. */
export interface CourseTurn {
  /** Rotates the pools from day to day. */
  day: number;
  /** How many items came before, and how many there are. */
  nth: number;
  of: number;
}

/**
 * Spreads an item over its slots: the first begins it, the last ends it, and between them the
 * middle goes on in the order of its pool. Items of one day that share a pool take different parts
 * of it as far as it goes. An item of one slot begins and ends in it; a slot for which nothing is
 * left gets an empty list.
 */
export function courseOf(pools: BeatPools, slots: number, { day, nth, of }: CourseTurn): Beat[][] {
  const course: Beat[][] = Array.from({ length: slots }, () => []);
  const room = roomFor(slots);
  const share = Math.max(slots - 1, Math.ceil(pools.middle.length / of));
  const middle = take(pools.middle, Math.min(room.length, share), day + nth * share);
  const places = room.slice(0, middle.length).sort((a, b) => a - b);
  places.forEach((slot, n) => {
    const beat = middle[n];
    if (beat !== undefined) course[slot]?.push(beat);
  });
  course[0]?.unshift(...take(pools.start, 1, day + nth));
  course.at(-1)?.push(...take(pools.end, 1, day + nth));
  return course;
}

/** The slots that the middle fills: each inner slot once, then each again, then the first and last. */
function roomFor(slots: number): number[] {
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
