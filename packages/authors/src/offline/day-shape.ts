import type { MinuteOfDay, Random } from '@texas-ai/kernel';
import type { DayBrief, HabitTime } from '@texas-ai/life';

export type Purpose = HabitTime | 'work' | 'break' | 'leisure' | 'company' | 'event';

export interface Stretch {
  purpose: Purpose;
  start: MinuteOfDay;
  end: MinuteOfDay;
}

/**
 * Divides the waking hours into 9-14 stretches: waking first, meals at their usual hours, bedtime last,
 * and in between what the day type or the major event calls for. Boundaries are multiples of 5 minutes.
 */
export function shapeDay(brief: DayBrief, random: Random): Stretch[] {
  const { wake, sleep } = brief;
  const length = (minutes: number) => roundTo5(minutes * Math.min(1, (sleep - wake) / 840));
  const wakingEnd = roundTo5(wake + length(random.int(25, 40)));
  const breakfastEnd = wakingEnd + length(random.int(25, 40));
  const lunch = Math.max(breakfastEnd + length(150), roundTo5(random.int(700, 745)));
  const lunchEnd = lunch + length(random.int(35, 55));
  const bed = roundTo5(sleep - length(random.int(30, 45)));
  const evening = bed - length(random.int(30, 55));
  const dinner = Math.min(
    Math.max(lunchEnd + length(210), roundTo5(random.int(1080, 1135))),
    evening - length(90),
  );
  const dinnerEnd = dinner + length(random.int(35, 50));
  const parts = purposes(brief, random);
  return [
    { purpose: 'waking', start: wake, end: wakingEnd },
    { purpose: 'breakfast', start: wakingEnd, end: breakfastEnd },
    ...divide(breakfastEnd, lunch, parts.morning, random),
    { purpose: 'lunch', start: lunch, end: lunchEnd },
    ...divide(lunchEnd, dinner, parts.afternoon, random),
    { purpose: 'dinner', start: dinner, end: dinnerEnd },
    ...divide(
      dinnerEnd,
      evening,
      evening - dinnerEnd >= 130 ? parts.evening : parts.evening.slice(0, 1),
      random,
    ),
    { purpose: 'evening', start: evening, end: bed },
    { purpose: 'bedtime', start: bed, end: sleep },
  ];
}

interface Parts {
  morning: Purpose[];
  afternoon: Purpose[];
  evening: Purpose[];
}

function purposes(brief: DayBrief, random: Random): Parts {
  if (brief.majorEvent !== null) {
    const ill = brief.majorEvent.kind === 'illness';
    return {
      morning: ['event', 'event'],
      afternoon: ['event', 'break', 'event'],
      evening: ill ? ['event'] : ['event', 'leisure'],
    };
  }
  if (brief.dayType === 'workday') {
    return {
      morning: ['work', 'work'],
      afternoon: random.pick<Purpose[]>([
        ['work', 'break', 'work', 'work'],
        ['work', 'work', 'break', 'work'],
        ['work', 'break', 'work', 'leisure'],
      ]),
      evening: random.pick<Purpose[]>([
        ['company', 'leisure'],
        ['leisure', 'break'],
        ['leisure', 'company'],
      ]),
    };
  }
  return {
    morning: random.chance(0.15) ? ['work', 'leisure'] : ['leisure', 'leisure'],
    afternoon: random.pick<Purpose[]>([
      ['company', 'break', 'leisure'],
      ['leisure', 'company', 'break', 'leisure'],
      ['leisure', 'break', 'company'],
    ]),
    evening: random.pick<Purpose[]>([['company', 'leisure'], ['leisure', 'break'], ['company']]),
  };
}

/** Stretches of similar length from start to end; a break is about half as long as the others. */
function divide(start: MinuteOfDay, end: MinuteOfDay, parts: Purpose[], random: Random): Stretch[] {
  const weights = parts.map((part) => (part === 'break' ? 0.5 : 1) * (0.85 + 0.3 * random.next()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let weightSoFar = 0;
  let from = start;
  return parts.map((purpose, index) => {
    weightSoFar += weights[index] ?? 0;
    const to =
      index === parts.length - 1 ? end : roundTo5(start + ((end - start) * weightSoFar) / total);
    const stretch = { purpose, start: from, end: to };
    from = to;
    return stretch;
  });
}

function roundTo5(minutes: number): number {
  return Math.round(minutes / 5) * 5;
}
