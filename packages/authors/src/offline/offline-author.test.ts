import { describe, expect, test } from '@jest/globals';
import { type DayBrief, languages } from '@texas-ai/life';
import { briefOf, texas, type WrittenDay, writeDay } from '../../test/written-days.js';
import { makeOfflineAuthor } from './offline-author.js';

const english = texas('en');
const monday = (): DayBrief => briefOf(english, '2026-11-02', 0, undefined);
const placesOf = ({ plan }: WrittenDay) => [
  ...new Set(plan.items.filter(({ asleep }) => !asleep).map(({ location }) => location)),
];
const titlesOf = ({ plan }: WrittenDay) => plan.items.map(({ title }) => title);

function event(kind: 'trip' | 'illness', dayNumber: number) {
  const title = kind === 'trip' ? 'The long haul to Siesta' : 'A heavy cold';
  return { kind, title, objective: 'x', startDate: '2026-11-02', days: 3, dayNumber };
}

describe('the offline author', () => {
  test('has a name and a version, and throws when the call is aborted', async () => {
    const author = makeOfflineAuthor();
    expect(author).toMatchObject({ name: 'offline', model: null, version: 'offline-1' });
    const call = { signal: AbortSignal.abort(), problems: [], onUsage: () => undefined };
    await expect(author.writePlan(monday(), call)).rejects.toMatchObject({ code: 'aborted' });
  });

  test('writes the same day for the same brief, a different one for another ordinal', async () => {
    const first = await writeDay(monday());
    expect(await writeDay(monday())).toEqual(first);
    const again = await writeDay({ ...monday(), ordinal: 2 });
    expect(again.texts).not.toEqual(first.texts);
    expect(titlesOf(again)).not.toEqual(titlesOf(first));
  });

  test.each([
    [1, 362],
    [1, 1440],
    [1079, 1440],
  ])(
    'writes the shortest and longest days that a profile allows: %d to %d',
    async (wake, sleep) => {
      for (const dayType of ['workday', 'weekend'] as const) {
        const { plan, texts } = await writeDay({ ...monday(), dayType, wake, sleep });
        expect(plan.items.at(-1)?.end).toBe(1440);
        expect(texts.length).toBeGreaterThan(8);
      }
    },
  );

  test('plans work on workdays and hardly any at weekends', async () => {
    const share = async (dayType: DayBrief['dayType']) => {
      const { plan } = await writeDay({ ...monday(), dayType });
      return plan.items.filter(({ category }) => category === 'work').length;
    };
    expect(await share('workday')).toBeGreaterThanOrEqual(3);
    expect(await share('weekend')).toBeLessThanOrEqual(1);
  });

  test('plans no leisure outdoors in a storm', async () => {
    for (let n = 0; n < 20; n++) {
      const brief = briefOf(english, '2026-11-02', n, undefined);
      const weather = { ...brief.weather, condition: 'storm' as const };
      const { plan } = await writeDay({ ...brief, dayType: 'weekend', weather, majorEvent: null });
      const outdoors = brief.profile.places.filter((place) => place.outdoors);
      const outings = plan.items
        .filter(({ category }) => category !== 'work')
        .filter(({ location }) => outdoors.some(({ name }) => name === location));
      expect(outings).toEqual([]);
    }
  });

  test('plans an illness at home', async () => {
    const day = await writeDay({ ...monday(), majorEvent: event('illness', 2) });
    expect(placesOf(day)).toEqual(['the flat']);
  });

  test('plans a trip away from its first day until the return on its last', async () => {
    const away = english.places.filter((place) => place.away).map(({ name }) => name);
    const [first, middle, last] = await Promise.all(
      [1, 2, 3].map(async (n) =>
        placesOf(await writeDay({ ...monday(), majorEvent: event('trip', n) })),
      ),
    );
    expect(first?.[0]).toBe('the flat');
    expect(away).toContain(first?.at(-1));
    expect(away).toEqual(expect.arrayContaining(middle ?? []));
    expect(away).toContain(last?.[0]);
    expect(away).not.toContain(last?.at(-1));
  });

  test('does not repeat activities of yesterday, but mentions one in the summary', async () => {
    const titles = ['Servicing the van', 'An express delivery', 'Knife throwing'];
    const yesterday = { date: '2026-11-01', summary: 'A day.', titles };
    const day = await writeDay({ ...monday(), yesterday });
    for (const title of titles) expect(titlesOf(day)).not.toContain(title);
    expect(titles.some((title) => day.plan.summary.includes(title))).toBe(true);
  });

  test.each(languages)('greets only in the first and the last slot (%s)', async (language) => {
    const greeting = language === 'zh' ? /早，|早上好|晚安|我睡了/ : /good morning|good night/i;
    const profile = texas(language);
    for (let n = 0; n < 12; n++) {
      const { texts } = await writeDay(briefOf(profile, '2026-11-02', n, undefined));
      for (const { interaction } of texts.slice(1, -1)) {
        expect(interaction ?? '').not.toMatch(greeting);
      }
    }
  });
});
