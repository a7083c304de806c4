import type { Chapter, Slot } from '../day/plan.js';

/** The best grouping of the first items into a number of chapters. */
interface Grouping {
  /** Index of the first item of each chapter. */
  begins: readonly number[];
  /** Number of slots of the largest chapter, which is minimized. */
  largest: number;
  /** Sum of the squared sizes, the tie-breaker, so that the other chapters are even too. */
  squares: number;
}

/**
 * Groups slots into `count` chapters (at least one), or one per waking item if there are fewer items. The
 * slots of an item stay together, chapters are consecutive and not empty, and the largest chapter is as
 * small as possible.
 */
export function groupChapters(slots: readonly Slot[], count: number): Chapter[] {
  const items = slotsByItem(slots);
  if (items.length === 0) return [];
  const total = Math.min(items.length, Math.max(1, count));
  // The index of the first slot of each item, and the number of all slots.
  const from = [0];
  for (const item of items) from.push((from.at(-1) ?? 0) + item.length);
  const size = (first: number, end: number) => (from[end] ?? 0) - (from[first] ?? 0);

  // best[n] groups the first n items, in one more chapter with every iteration.
  let best: (Grouping | undefined)[] = [{ begins: [], largest: 0, squares: 0 }];
  for (let chapters = 1; chapters <= total; chapters++) {
    const next: (Grouping | undefined)[] = [];
    for (let end = chapters; end <= items.length; end++) {
      for (let begin = chapters - 1; begin < end; begin++) {
        const before = best[begin];
        if (before) next[end] = better(next[end], withChapter(before, begin, size(begin, end)));
      }
    }
    best = next;
  }
  const begins = best[items.length]?.begins ?? [];
  return begins.map((begin, position) => ({
    position,
    slots: items.slice(begin, begins[position + 1]).flat(),
  }));
}

function slotsByItem(slots: readonly Slot[]): Slot[][] {
  const items: Slot[][] = [];
  for (const slot of slots) {
    const last = items.at(-1);
    if (last?.[0]?.item === slot.item) last.push(slot);
    else items.push([slot]);
  }
  return items;
}

function withChapter(before: Grouping, begin: number, size: number): Grouping {
  return {
    begins: [...before.begins, begin],
    largest: Math.max(before.largest, size),
    squares: before.squares + size ** 2,
  };
}

function better(one: Grouping | undefined, other: Grouping): Grouping {
  if (!one) return other;
  const difference = one.largest - other.largest || one.squares - other.squares;
  return difference <= 0 ? one : other;
}
