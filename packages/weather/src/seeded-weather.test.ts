import { describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { type Language, type Weather, weatherSchema } from '@texas-ai/life';
import { makeSeededWeather } from './seeded-weather.js';

const source = makeSeededWeather();
const shanghai = { name: '上海', latitude: 31.23, longitude: 121.47 };
const harbin = { name: '哈尔滨', latitude: 45.8, longitude: 126.53 };
const sydney = { name: 'Sydney', latitude: -33.87, longitude: 151.21 };
const london = { name: 'London', latitude: 51.51, longitude: -0.13 };
const singapore = { name: 'Singapore', latitude: 1.35, longitude: 103.82 };

type Place = typeof shanghai;

const ask = (place: Place, date: string, language: Language = 'zh') =>
  source.weather({ place, date, language });

/** Every day of a month in ten years. */
async function monthOf(place: Place, month: number): Promise<Weather[]> {
  const days: Promise<Weather>[] = [];
  for (let year = 2021; year <= 2030; year++) {
    let date = Temporal.PlainDate.from({ year, month, day: 1 });
    for (; date.month === month; date = date.add({ days: 1 })) {
      days.push(ask(place, date.toString()));
    }
  }
  return Promise.all(days);
}

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const meanOf = (days: Weather[]) =>
  mean(days.map(({ tempMinC, tempMaxC }) => (tempMinC + tempMaxC) / 2));
const wetOf = (days: Weather[]) =>
  mean(days.map(({ condition }) => (['rain', 'storm', 'snow'].includes(condition) ? 1 : 0)));

describe('the climate', () => {
  test.each<[string, Place, number, number, number]>([
    ['Shanghai in January', shanghai, 1, 2, 8],
    ['Shanghai in April', shanghai, 4, 13, 20],
    ['Shanghai in July', shanghai, 7, 26, 33],
    ['Harbin in January', harbin, 1, -22, -9],
    ['Sydney in January', sydney, 1, 21, 29],
    ['Sydney in July', sydney, 7, 2, 14],
    ['London in January', london, 1, 0, 7],
    ['London in July', london, 7, 15, 23],
    ['Singapore in any month', singapore, 9, 24, 31],
  ])('%s', async (_, place, month, coldest, warmest) => {
    const days = await monthOf(place, month);
    const average = meanOf(days);
    expect(average).toBeGreaterThan(coldest);
    expect(average).toBeLessThan(warmest);
    expect(mean(days.map(({ tempMinC }) => tempMinC))).toBeGreaterThan(coldest - 1);
    expect(mean(days.map(({ tempMaxC }) => tempMaxC))).toBeLessThan(warmest + 1);
  });

  test('June is the wettest month in Shanghai, and winters are dry', async () => {
    const wet = await Promise.all(
      Array.from({ length: 12 }, async (_, month) => wetOf(await monthOf(shanghai, month + 1))),
    );
    expect(wet.indexOf(Math.max(...wet))).toBe(5);
    expect(wet[5]).toBeGreaterThan(0.42);
    expect(wet[0]).toBeLessThan(0.3);
    expect(wet[0]).toBeGreaterThan(0.1);
  });

  test('snow falls only when it is cold, and every condition occurs', async () => {
    const days = (
      await Promise.all([
        monthOf(harbin, 1),
        monthOf(shanghai, 1),
        monthOf(shanghai, 7),
        monthOf(london, 11),
      ])
    ).flat();
    expect(new Set(days.map(({ condition }) => condition)).size).toBe(7);
    for (const { condition, tempMinC, tempMaxC } of days) {
      expect(tempMinC).toBeLessThan(tempMaxC);
      if (condition === 'snow') expect((tempMinC + tempMaxC) / 2).toBeLessThanOrEqual(2);
      if (condition === 'storm') expect(tempMaxC).toBeGreaterThan(20);
    }
    const frozen = days.filter(({ tempMaxC }) => tempMaxC < -2);
    expect(frozen.map(({ condition }) => condition)).not.toContain('rain');
  });
});

describe('a day', () => {
  test('is the same for every request and in both languages', async () => {
    const zh = await ask(shanghai, '2026-11-23');
    const en = await ask(shanghai, '2026-11-23', 'en');
    expect(
      await makeSeededWeather().weather({ place: shanghai, date: '2026-11-23', language: 'zh' }),
    ).toEqual(zh);
    expect(en).toEqual({ ...zh, summary: en.summary });
    expect(weatherSchema.parse(zh).source).toBe('seeded');
  });

  test('differs at another place', async () => {
    const near = { ...shanghai, latitude: 31.6 };
    const dates = Array.from(
      { length: 28 },
      (_, day) => `2026-02-${String(day + 1).padStart(2, '0')}`,
    );
    const months = [shanghai, near].map((place) =>
      Promise.all(dates.map((date) => ask(place, date))),
    );
    const [one, other] = await Promise.all(months);
    expect(one).not.toEqual(other);
  });

  test('is more similar to the next day than to one two weeks later', async () => {
    const days = await monthOf(shanghai, 10);
    const change = (distance: number) =>
      mean(
        days.slice(distance).map((day, index) => {
          const before = days[index] ?? day;
          return Math.abs(day.tempMaxC - before.tempMaxC);
        }),
      );
    expect(change(1)).toBeLessThan(0.7 * change(14));
  });

  test('must exist', async () => {
    await expect(ask(shanghai, '2026-02-30')).rejects.toMatchObject({
      code: 'weather_unavailable',
    });
  });
});

describe('the phrase', () => {
  const signs: Record<Language, Record<Weather['condition'], RegExp>> = {
    zh: {
      sunny: /^晴/,
      cloudy: /云|晴间/,
      overcast: /^(阴|云层)/,
      rain: /^[小中大]雨/,
      storm: /^雷/,
      snow: /^[小中大]雪/,
      fog: /雾/,
    },
    en: {
      sunny: /sun|clear/i,
      cloudy: /cloud/i,
      overcast: /overcast|grey/i,
      rain: /rain/i,
      storm: /thunder/i,
      snow: /snow/i,
      fog: /fog/i,
    },
  };

  test.each(['zh', 'en'] as const)('matches the condition in %s, and varies', async (language) => {
    const phrases = new Set<string>();
    for (const place of [shanghai, harbin, london]) {
      for (
        let date = Temporal.PlainDate.from('2026-01-01');
        date.year === 2026;
        date = date.add({ days: 1 })
      ) {
        const { summary, condition } = await ask(place, date.toString(), language);
        expect(summary).toMatch(signs[language][condition]);
        expect(summary).not.toMatch(/\d|[,，]$|[,，]{2}/);
        phrases.add(summary);
      }
    }
    expect(phrases.size).toBeGreaterThan(50);
  });
});
