import { describe, expect, test } from '@jest/globals';
import { buildChapterBrief, buildDayBrief, buildProfile } from '@texas-ai/testing';
import { block } from '../../test/prompt-block.js';
import { languages } from '../character/profile.js';
import type { DayBrief } from '../day/brief.js';
import { chapterPrompt } from './chapter-prompt.js';
import { planPrompt } from './plan-prompt.js';

describe('planPrompt', () => {
  test.each(languages)('has the exact waking hours and the number of items in %s', (language) => {
    const { user } = planPrompt(buildDayBrief({ language, wake: 6 * 60 + 35, sleep: 24 * 60 }));
    const task = user.slice(user.lastIndexOf('# '));
    expect(task).toContain('06:35-24:00');
    expect(task).toMatch(/9 (到|to) 14/);
  });

  test.each(languages)('has the major event, its day and its activities in %s', (language) => {
    const profile = buildProfile(language);
    const activity = {
      ...profile.work[0],
      title: 'X-RAY ESCORT',
    } as (typeof profile.work)[number];
    const kinds = profile.majorEvents.kinds.map((kind) => ({
      ...kind,
      lodging: 'pier',
      activities: [activity],
    }));
    const brief = buildDayBrief({
      language,
      profile: { ...profile, majorEvents: { probability: 0.1, kinds } },
      majorEvent: {
        kind: 'trip',
        title: 'NINGBO RUN',
        objective: 'KEEP IT DRY',
        startDate: '2026-11-22',
        days: 5,
        dayNumber: 2,
      },
    });
    const day = block(planPrompt(brief).user, 'day');
    for (const text of ['NINGBO RUN', 'KEEP IT DRY', 'X-RAY ESCORT', profile.places[2]?.name]) {
      expect(day).toContain(text);
    }
    expect(day).toMatch(language === 'zh' ? /第2天，共5天/ : /day 2 of 5/);
  });

  test('has “none” for a missing major event and yesterday', () => {
    const { user } = planPrompt(buildDayBrief({ language: 'en', yesterday: null }));
    expect(block(user, 'yesterday')).toBe('none');
    expect(block(user, 'day')).toContain('Major event: none');
  });

  test('has the start of activities, outdoor places and, during events, places out of town', () => {
    const profile = buildProfile('en');
    const [habit] = profile.habits;
    const [flat, , pier] = profile.places;
    if (!habit || !flat || !pier) throw new Error('The builder lacks activities.');
    const brief = buildDayBrief({
      profile: {
        ...profile,
        habits: [{ ...habit, between: ['06:30', '09:00'] }],
        places: [flat, { ...pier, away: true }],
      },
    });
    const majorEvent = {
      kind: 'trip' as const,
      title: 'Out',
      objective: 'Come back',
      startDate: brief.date,
      days: 1,
      dayNumber: 1,
    };
    const away = `${pier.name} (outdoors, out of town, for major events only)`;
    const ordinary = planPrompt(brief).user;
    expect(ordinary).toContain('begins between 06:30 and 09:00');
    expect(ordinary).not.toContain(pier.name);
    expect(ordinary).not.toContain('Watching ships');
    const travelling = planPrompt({ ...brief, majorEvent }).user;
    expect(travelling).toContain(away);
    expect(travelling).toContain('Watching ships');
  });

  test('offers only activities that suit the weather and the type of day', () => {
    const profile = buildProfile('en');
    const [ships, chess] = profile.leisure;
    if (!ships || !chess) throw new Error('The builder lacks activities.');
    const leisure = [
      { ...ships, weather: ['sunny' as const] },
      { ...chess, days: ['weekend' as const] },
    ];
    const offered = (overrides: Partial<DayBrief>) => {
      const brief = buildDayBrief({ profile: { ...profile, leisure } });
      const { user } = planPrompt({ ...brief, ...overrides });
      return [ships, chess].map(({ title }) => user.includes(`- ${title} [`));
    };
    const { weather } = buildDayBrief();
    expect(offered({})).toEqual([false, false]);
    expect(offered({ weather: { ...weather, condition: 'sunny' } })).toEqual([true, false]);
    expect(offered({ dayType: 'weekend' })).toEqual([false, true]);
  });

  test('fills the words of a description, the same for the whole day, and leaves no placeholders', () => {
    const profile = buildProfile('en', {
      material: { words: { ship: ['ferry', 'barge', 'tug'] } },
    });
    const [ships, chess] = profile.leisure;
    if (!ships || !chess) throw new Error('The builder lacks activities.');
    const leisure = [
      { ...ships, description: 'Waits for the {ship}.' },
      { ...chess, description: 'Plays with {companion}.' },
    ];
    const brief = buildChapterBrief({ profile: { ...profile, leisure } });
    const shipOf = (user: string) => /Waits for the (ferry|barge|tug)\./.exec(user)?.[1];
    const dates = Array.from({ length: 20 }, (_, day) => `2026-11-${day + 10}`);
    const drawn = dates.map((date) => shipOf(planPrompt({ ...brief, date }).user));
    expect(new Set(drawn)).toEqual(new Set(['ferry', 'barge', 'tug']));
    expect(shipOf(chapterPrompt(brief).user)).toBe(shipOf(planPrompt(brief).user));
    expect(planPrompt(brief).user).toMatch(/- Chess \[.*\]\n/);
    expect(planPrompt(brief).user).not.toMatch(/[{}]/);
  });
});
