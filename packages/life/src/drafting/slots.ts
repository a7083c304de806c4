import type { MinuteOfDay, Random } from '@texas-ai/kernel';
import type { Plan, Slot } from '../day/plan.js';
import type { Level } from './draft-fields.js';
import { minItemMinutes } from './limits.js';

const maxSlotMinutes = 30;
const preferredMinutes = { min: 10, max: 25 } as const;
/** Gives about 55-60 slots on a day with sixteen waking hours. */
const averageSlotMinutes = 17;
/** The share of the slots in which she wants to send a message. */
const interactionShare = 0.4;
const potentialWeight: Readonly<Record<Level, number>> = { low: 1, medium: 3, high: 8 };

/**
 * Cuts every waking item (5 minutes or longer) into slots of 5-30 minutes that cover it exactly. Marks
 * about 40 % of all slots for an interaction, at least one and at most half, preferring items with a high
 * interaction potential.
 */
export function cutSlots(plan: Plan, random: Random): Slot[] {
  const cut = plan.items.flatMap(({ asleep, start, end }, item) =>
    asleep ? [] : cutSpans(start, end, random).map((span) => ({ item, ...span })),
  );
  const max = Math.max(1, Math.floor(cut.length / 2));
  const wanted = Math.min(max, Math.max(1, Math.round(cut.length * interactionShare)));
  // Weighted sampling without replacement (Efraimidis and Spirakis): the largest u^(1/w) win.
  const keys = cut.map(({ item }, slot) => {
    const weight = potentialWeight[plan.items[item]?.interactionPotential ?? 'low'];
    return { slot, key: random.next() ** (1 / weight) };
  });
  keys.sort((a, b) => b.key - a.key);
  const marked = new Set(keys.slice(0, wanted).map(({ slot }) => slot));
  return cut.map((slot, index) => ({ ...slot, wantsInteraction: marked.has(index) }));
}

function cutSpans(
  from: MinuteOfDay,
  to: MinuteOfDay,
  random: Random,
): { start: number; end: number }[] {
  const length = to - from;
  const count = Math.max(
    1,
    Math.ceil(length / maxSlotMinutes),
    Math.min(Math.floor(length / minItemMinutes), Math.round(length / averageSlotMinutes)),
  );
  const shortest = Math.min(preferredMinutes.min, Math.floor(length / count));
  const longest = Math.max(preferredMinutes.max, Math.ceil(length / count));
  const spans: { start: number; end: number }[] = [];
  let start = from;
  for (let left = count - 1; left > 0; left--) {
    // The remaining slots have to stay within the bounds too.
    const earliest = Math.max(start + shortest, to - left * longest);
    const latest = Math.min(start + longest, to - left * shortest);
    const end = roundToFive(random.int(earliest, latest), earliest, latest);
    spans.push({ start, end });
    start = end;
  }
  spans.push({ start, end: to });
  return spans;
}

/** The nearest multiple of five minutes, if it is within the bounds. */
function roundToFive(minute: MinuteOfDay, earliest: MinuteOfDay, latest: MinuteOfDay): MinuteOfDay {
  const round = Math.round(minute / 5) * 5;
  return round >= earliest && round <= latest ? round : minute;
}
