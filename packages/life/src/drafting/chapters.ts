import type { Chapter, Slot } from '../day/plan.js';

/** The best way to put the first items into some chapters. */
interface Grouping {
  /** Index of the item that begins each chapter. */
  begins: readonly number[];
  /** Slots of the largest chapter: what is kept small. */
  largest: number;
  /** Sum of the squared sizes: what decides between equals, so that the rest is even too. */
  squares: number;
}

/**
 * Groups slots into as many chapters as wanted, or as there are waking items if those are fewer.
 * The slots of an item stay together, chapters are consecutive and never empty, and the largest is
 * as small as it can be.
 *
 * @param wanted a whole number; less than 1 counts as 1
 */
export function groupChapters(slots: readonly Slot[], wanted: number): Chapter[] {
  const items = slotsByItem(slots);
  if (items.length === 0) return [];
  const total = Math.min(items.length, Math.max(1, wanted));
  // Where the slots of each item begin, and where the last one's end.
  const from = [0];
  for (const item of items) from.push((from.at(-1) ?? 0) + item.length);
  const size = (first: number, end: number) => (from[end] ?? 0) - (from[first] ?? 0);

  // best[n] groups the first n items; one more chapter with every turn.
  let best: (Grouping | undefined)[] = [{ begins: [], largest: 0, squares: 0 }];
  for (let chapters = 1; chapters <= total; chapters++) {
    const next: (Grouping | undefined)[] = [];
    for (let end = chapters; end <= items.length; end++) {
      for (let begin = chapters - 1; begin < end; begin++) {
        const before = best[begin];
        if (before) next[end] = better(next[end], added(before, begin, size(begin, end)));
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

function added(before: Grouping, begin: number, size: number): Grouping {
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
