import { describe, expect, test } from '@jest/globals';
import { languages, type Profile, parseProfile, type WeatherCondition } from '@texas-ai/life';
import {
  repetition,
  sentencesOf,
  texas,
  type WrittenDay,
  writeDays,
} from '../../test/written-days.js';

/** A profile with the required fields only. */
function minimalProfile(language: Profile['language']): Profile {
  const both = (zh: string, en: string) => ({ zh, en });
  const activity = (zh: string, en: string, category: string, places = ['room']) => ({
    title: both(zh, en),
    category,
    places,
    minutes: [30, 120],
    description: both(`${zh}，不着急。`, `${en}, in no hurry.`),
  });
  return parseProfile({
    id: 'lin',
    name: both('林', 'Lin'),
    language,
    timeZone: 'Asia/Tokyo',
    persona: {
      summary: both('图书管理员。', 'A librarian.'),
      traits: [both('安静', 'quiet')],
      voice: both('慢', 'slow'),
      owner: both('朋友', 'friend'),
      pronoun: 'he',
    },
    home: { name: 'Kobe', latitude: 34.69, longitude: 135.2, place: 'room' },
    hours: { wake: ['06:00', '07:00'], sleep: ['22:00', '23:00'] },
    companions: [
      { name: both('佐藤', 'Sato'), relation: both('同事', 'colleague'), description: '-' },
    ],
    places: [
      { key: 'room', name: both('房间', 'the room'), outdoors: false, description: '-' },
      { key: 'park', name: both('公园', 'the park'), outdoors: true, description: '-' },
      { key: 'library', name: both('图书馆', 'the library'), outdoors: false, description: '-' },
    ],
    habits: [activity('晨起', 'Getting up', 'personal')],
    work: [
      activity('整理书架', 'Shelving', 'work', ['library']),
      activity('修补旧书', 'Mending books', 'work', ['library']),
      activity('借还台', 'The lending desk', 'work', ['library']),
    ],
    leisure: [
      activity('散步', 'A walk', 'rest', ['park']),
      activity('读信', 'Reading letters', 'rest'),
      { ...activity('喝茶', 'Tea', 'social'), companions: [both('佐藤', 'Sato')] },
      activity('练字', 'Calligraphy', 'personal'),
    ],
    majorEvents: {
      probability: 0.03,
      kinds: ['trip', 'delivery', 'training', 'private', 'illness'].map((kind) => ({
        kind,
        weight: 1,
        titles: [both('一件大事', 'Something larger')],
        objectives: [both('办妥', 'get it done')],
      })),
    },
  });
}

/** Words for certain weather, which texts of other days must not contain. */
const weatherWords: Record<'zh' | 'en', [RegExp, readonly WeatherCondition[]][]> = {
  zh: [
    [/阳光|太阳|晴|光斑|影子跟/, ['sunny']],
    [/雨(?!衣)/, ['rain', 'storm']],
    [/雷|闪电|暴风/, ['storm']],
    [/雪/, ['snow']],
    [/雾(?!灯)/, ['fog', 'rain']],
  ],
  en: [
    [/\b(sun|sunny|sunlight)\b/i, ['sunny']],
    [/\b(rain|raining|wipers|umbrella)\b/i, ['rain', 'storm']],
    [/\b(thunder|lightning)\b/i, ['storm']],
    [/\b(snow|snowing|flakes)\b/i, ['snow']],
    [/\bfog\b/i, ['fog']],
  ],
};

function checkDay(day: WrittenDay): void {
  const { brief, plan, slots, texts } = day;
  const waking = plan.items.filter(({ asleep }) => !asleep);
  expect(day.repairs).toEqual([]);
  expect(plan.items.length).toBeGreaterThanOrEqual(8);
  expect(waking.length).toBeGreaterThanOrEqual(9);
  expect(waking.length).toBeLessThanOrEqual(14);
  expect(plan.items[0]?.start).toBe(0);
  expect(plan.items.at(-1)?.end).toBe(1440);
  for (const [n, item] of plan.items.entries()) {
    expect(item.end).toBeGreaterThan(item.start);
    if (n > 0) expect(item.start).toBe(plan.items[n - 1]?.end);
  }
  expect(waking[0]?.start).toBe(brief.wake);
  expect(waking.at(-1)?.end).toBe(brief.sleep);
  const known = brief.profile.companions.map(({ name }) => name);
  for (const { companions } of waking) {
    expect(known).toEqual(expect.arrayContaining(companions));
  }
  expect(texts).toHaveLength(slots.length);
  expect(texts.flatMap((text, n) => faultsOf(text, day, n))).toEqual([]);
}

/** The faults of one text, as a list because thousands of matcher calls are slow. */
function faultsOf(text: WrittenDay['texts'][number], day: WrittenDay, n: number): string[] {
  const { brief, plan, slots } = day;
  const slot = slots[n];
  const present = plan.items[slot?.item ?? 0]?.companions ?? [];
  // A name of one character, such as 空, is also an ordinary word.
  const absent = brief.profile.companions
    .map(({ name }) => name)
    .filter((name) => !present.includes(name) && name.length > 1);
  const sentences = text.content
    .split(/[。！？.!?]/)
    .filter((sentence) => /\S/.test(sentence)).length;
  const all = `${text.content} ${text.thoughts} ${text.interaction ?? ''}`;
  const faults: [string, boolean][] = [
    ['message missing or unwanted', (text.interaction !== null) !== slot?.wantsInteraction],
    ['no emotion', text.emotions.length === 0],
    ['absent companion named', absent.some((name) => text.content.includes(name))],
    ['number of sentences', sentences < 2 || sentences > 4],
    ['unfilled placeholder', /[{}]|undefined/.test(all)],
    ['no thought', text.thoughts.length < 2],
  ];
  return faults.flatMap(([fault, found]) => (found ? [`${brief.date} ${fault}: ${all}`] : []));
}

function checkWeather({ brief, texts }: WrittenDay): void {
  const wrong = weatherWords[brief.profile.language]
    .filter(([, conditions]) => !conditions.includes(brief.weather.condition))
    .flatMap(([words]) =>
      texts.map(({ content, thoughts }) => content + thoughts).filter((text) => words.test(text)),
    );
  expect(wrong).toEqual([]);
}

describe.each(languages)('60 days in %s', (language) => {
  test('writes valid, different days for Texas with hardly a repeated sentence', async () => {
    const days = await writeDays(texas(language), '2026-11-02', 60);
    for (const day of days) {
      checkDay(day);
      checkWeather(day);
    }
    expect(new Set(days.map(({ plan }) => JSON.stringify(plan.items))).size).toBe(60);
    expect(new Set(days.map((day) => sentencesOf(day).join())).size).toBe(60);
    expect(repetition(days)).toBeLessThan(0.03);
  });

  test('writes valid days for a profile without material', async () => {
    const days = await writeDays(minimalProfile(language), '2026-02-01', 60);
    for (const day of days) {
      checkDay(day);
      checkWeather(day);
    }
    expect(new Set(days.map((day) => sentencesOf(day).join())).size).toBe(60);
    expect(repetition(days)).toBeLessThan(0.1);
  });
});
