import type { MinuteOfDay, Random } from '@texas-ai/kernel';
import type { DayBrief, HabitTime } from '@texas-ai/life';

/** What a stretch of the day is for. */
export type Purpose = HabitTime | 'work' | 'break' | 'leisure' | 'company' | 'event';

export interface Stretch {
  purpose: Purpose;
  start: MinuteOfDay;
  end: MinuteOfDay;
}

/**
 * The waking hours cut into 9-14 stretches: waking first, meals at their hours, bedtime last, and
 * between them what the day type or the major event asks for. Ends fall on multiples of 5 minutes.
 */
export function shapeDay(brief: DayBrief, random: Random): Stretch[] {
  const { wake, sleep } = brief;
  const length = (minutes: number) => five(minutes * Math.min(1, (sleep - wake) / 840));
  const up = five(wake + length(random.int(25, 40)));
  const fed = up + length(random.int(25, 40));
  const lunch = Math.max(fed + length(150), five(random.int(700, 745)));
  const lunchEnd = lunch + length(random.int(35, 55));
  const bed = five(sleep - length(random.int(30, 45)));
  const evening = bed - length(random.int(30, 55));
  const dinner = Math.min(
    Math.max(lunchEnd + length(210), five(random.int(1080, 1135))),
    evening - length(90),
  );
  const dinnerEnd = dinner + length(random.int(35, 50));
  const parts = purposes(brief, random);
  return [
    { purpose: 'waking', start: wake, end: up },
    { purpose: 'breakfast', start: up, end: fed },
    ...cut(fed, lunch, parts.morning, random),
    { purpose: 'lunch', start: lunch, end: lunchEnd },
    ...cut(lunchEnd, dinner, parts.afternoon, random),
    { purpose: 'dinner', start: dinner, end: dinnerEnd },
    ...cut(
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
    const rested = brief.majorEvent.kind === 'illness';
    return {
      morning: ['event', 'event'],
      afternoon: ['event', 'break', 'event'],
      evening: rested ? ['event'] : ['event', 'leisure'],
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

/** From start to end, a break weighing half of anything else. */
function cut(start: MinuteOfDay, end: MinuteOfDay, parts: Purpose[], random: Random): Stretch[] {
  const weights = parts.map((part) => (part === 'break' ? 0.5 : 1) * (0.85 + 0.3 * random.next()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let weighed = 0;
  let from = start;
  return parts.map((purpose, index) => {
    weighed += weights[index] ?? 0;
    const to = index === parts.length - 1 ? end : five(start + ((end - start) * weighed) / total);
    const stretch = { purpose, start: from, end: to };
    from = to;
    return stretch;
  });
}

function five(minutes: number): number {
  return Math.round(minutes / 5) * 5;
}
