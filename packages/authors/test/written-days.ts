import { readFileSync } from 'node:fs';
import { parseDate, seededRandom } from '@texas-ai/kernel';
import {
  type ChapterBrief,
  type ChapterDraft,
  chapterDraftSchema,
  cutSlots,
  type DayBrief,
  dayTypeOf,
  groupChapters,
  type Language,
  type MajorEventDay,
  type Plan,
  type Profile,
  parseProfile,
  planDraftSchema,
  repairPlan,
  type Slot,
  type Weather,
  type WeatherCondition,
  weatherConditions,
} from '@texas-ai/life';
import { parse } from 'yaml';
import { makeOfflineAuthor } from '../src/offline/offline-author.js';

// Consecutive days, written as the system writes them.

export interface WrittenDay {
  brief: DayBrief;
  plan: Plan;
  /** Repairs to the plan; a good author needs none. */
  repairs: string[];
  slots: Slot[];
  texts: ChapterDraft['texts'];
}

/** The profile in config/characters/texas.yml, in one language. */
export function texas(language: Language): Profile {
  const file = new URL('../../../config/characters/texas.yml', import.meta.url);
  return parseProfile({ ...parse(readFileSync(file, 'utf8')), language });
}

const call = { signal: new AbortController().signal, problems: [], onUsage: () => undefined };

export async function writeDays(profile: Profile, from: string, count: number) {
  const days: WrittenDay[] = [];
  for (let n = 0; n < count; n++) days.push(await writeDay(briefOf(profile, from, n, days.at(-1))));
  return days;
}

export async function writeDay(brief: DayBrief): Promise<WrittenDay> {
  const author = makeOfflineAuthor();
  const draft = planDraftSchema.parse(await author.writePlan(brief, call));
  const { plan, repairs, refusals } = repairPlan(draft, brief);
  if (plan === null) throw new Error(refusals.map(({ message }) => message).join('; '));
  const random = seededRandom(brief.profile.id, brief.date, brief.ordinal, 'slots');
  const slots = cutSlots(plan, random);
  const chapters = groupChapters(slots, 4);
  const texts: ChapterDraft['texts'] = [];
  for (const { position, slots: own } of chapters) {
    const chapter: ChapterBrief = {
      ...brief,
      plan,
      chapter: position,
      chapters: chapters.length,
      slots: own,
    };
    texts.push(...chapterDraftSchema.parse(await author.writeChapter(chapter, call)).texts);
  }
  return { brief, plan, repairs: repairs.map(({ message }) => message), slots, texts };
}

/** The brief of the n-th day after a date, with weather and some days with a major event. */
export function briefOf(
  profile: Profile,
  from: string,
  n: number,
  before: WrittenDay | undefined,
): DayBrief {
  const date = parseDate(from)?.add({ days: n });
  if (date === undefined) throw new RangeError(`${from} is not a date.`);
  const random = seededRandom(profile.id, String(date), 'waking');
  return {
    profile,
    date: String(date),
    dayType: dayTypeOf(date),
    weather: weatherOn(String(date), profile.language),
    majorEvent: eventOn(profile, from, n),
    yesterday: before === undefined ? null : yesterdayOf(before),
    wake: random.int(360, 480),
    sleep: random.int(1320, 1440),
    ordinal: 1,
  };
}

function yesterdayOf({ brief, plan }: WrittenDay): DayBrief['yesterday'] {
  const waking = plan.items.filter(({ asleep }) => !asleep);
  return { date: brief.date, summary: plan.summary, titles: waking.map(({ title }) => title) };
}

const skies: Record<Language, Record<WeatherCondition, string>> = {
  zh: {
    sunny: '晴',
    cloudy: '多云',
    overcast: '阴',
    rain: '小雨',
    storm: '雷阵雨',
    snow: '小雪',
    fog: '大雾',
  },
  en: {
    sunny: 'sunny',
    cloudy: 'partly cloudy',
    overcast: 'overcast',
    rain: 'light rain',
    storm: 'thunderstorms',
    snow: 'light snow',
    fog: 'fog',
  },
};

function weatherOn(date: string, language: Language): Weather {
  const random = seededRandom('weather', date);
  const weights = { sunny: 6, cloudy: 5, overcast: 3, rain: 4, storm: 1, snow: 1, fog: 1 };
  const condition = random.weighted(weatherConditions, (candidate) => weights[candidate]);
  const tempMinC = condition === 'snow' ? random.int(-3, 0) : random.int(2, 24);
  return {
    summary: skies[language][condition],
    condition,
    tempMinC,
    tempMaxC: tempMinC + random.int(3, 10),
    source: 'seeded',
  };
}

/** One event of each kind within 60 days: its first day, and its number of days. */
const events = [
  { kind: 'trip', first: 8, days: 3 },
  { kind: 'illness', first: 19, days: 2 },
  { kind: 'delivery', first: 29, days: 4 },
  { kind: 'training', first: 41, days: 3 },
  { kind: 'private', first: 52, days: 1 },
] as const;

function eventOn(profile: Profile, from: string, n: number): MajorEventDay | null {
  const event = events.find(({ first, days }) => n >= first && n < first + days);
  const kind = profile.majorEvents.kinds.find((candidate) => candidate.kind === event?.kind);
  if (event === undefined || kind === undefined) return null;
  const startDate = String(parseDate(from)?.add({ days: event.first }));
  return {
    kind: event.kind,
    title: kind.titles[0] ?? '',
    objective: kind.objectives[0] ?? '',
    startDate,
    days: event.days,
    dayNumber: n - event.first + 1,
  };
}

/** Sentences of content, thoughts and messages, in order. */
export function sentencesOf({ texts }: WrittenDay): string[] {
  return texts
    .flatMap(({ content, thoughts, interaction }) => [content, thoughts, interaction ?? ''])
    .flatMap((text) => text.split(/[。！？.!?]/))
    .map((sentence) => sentence.replace(/^[\s”’"」]+/, '').trim())
    .filter((sentence) => sentence !== '');
}

/** The share of sentences that already occurred on the same day or in the 14 days before. */
export function repetition(days: readonly WrittenDay[]): number {
  const lastSeen = new Map<string, number>();
  let total = 0;
  let repeated = 0;
  days.forEach((day, n) => {
    for (const sentence of sentencesOf(day)) {
      total++;
      const seen = lastSeen.get(sentence);
      if (seen !== undefined && n - seen <= 14) repeated++;
      lastSeen.set(sentence, n);
    }
  });
  return repeated / total;
}
