import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { parse } from 'yaml';
import { languages } from './profile.js';
import { parseProfile, profileHash } from './profile-file.js';

const texasFile = new URL('../../../../config/characters/texas.yml', import.meta.url);
const texas = () => parse(readFileSync(texasFile, 'utf8'));

/** A small valid document. */
function document() {
  const activity = {
    title: { zh: '喝茶', en: 'Tea' },
    category: 'rest',
    places: ['room'],
    minutes: [20, 40],
    description: 'Tea.',
  };
  return {
    id: 'lin',
    name: { zh: '林', en: 'Lin' },
    language: 'zh',
    timeZone: 'Asia/Tokyo',
    persona: { summary: 'A librarian.', traits: ['quiet'], voice: 'slow', owner: 'friend' },
    home: { name: 'Kobe', latitude: 34.69, longitude: 135.2, place: 'room' },
    hours: { wake: ['06:00', '07:00'], sleep: ['22:00', '24:00'] },
    companions: [{ name: 'Sato', relation: 'colleague', description: 'Kind.' }],
    places: [{ key: 'room', name: 'the room', outdoors: false, description: 'Small.' }],
    habits: [activity],
    work: [activity],
    leisure: [activity],
    majorEvents: {
      probability: 0.03,
      kinds: [{ kind: 'trip', weight: 1, titles: ['Away'], objectives: ['Return'] }],
    },
  };
}

function problemsOf(raw: unknown): unknown {
  try {
    parseProfile(raw);
  } catch (failure) {
    if (failure instanceof TexasError && failure.code === 'config_invalid') {
      return failure.details.problems;
    }
    throw failure;
  }
  return [];
}

describe('parseProfile', () => {
  test('uses the texts in the language of the profile, and plain strings as they are', () => {
    const profile = parseProfile({ ...document(), language: 'en' });
    expect(profile.name).toBe('Lin');
    expect(profile.home.name).toBe('Kobe');
    expect(parseProfile(document()).habits[0]).toMatchObject({ title: '喝茶', companions: [] });
  });

  test.each(languages)('the profile of Texas is valid in %s', (language) => {
    const profile = parseProfile({ ...texas(), language });
    expect(profile.id).toBe('texas');
    expect(profile.language).toBe(language);
    expect(profile.places.length).toBeGreaterThanOrEqual(14);
    expect(profile.habits.length).toBeGreaterThanOrEqual(8);
    expect(profile.work.length).toBeGreaterThanOrEqual(12);
    expect(profile.leisure.length).toBeGreaterThanOrEqual(16);
    expect(profile.majorEvents.probability).toBe(0.028);
    const weights = profile.majorEvents.kinds.map(({ kind, weight }) => [kind, weight]);
    expect(Object.fromEntries(weights)).toEqual({
      trip: 0.4,
      delivery: 0.3,
      training: 0.15,
      private: 0.1,
      illness: 0.05,
    });
    const chinese = JSON.stringify(profile).match(/\p{Script=Han}/u);
    expect(chinese === null).toBe(language === 'en');
  });

  test('reports all problems at once, each with its path', () => {
    const raw = document();
    const [habit] = raw.habits;
    const broken = {
      ...raw,
      colour: 'black',
      name: { en: 'Lin' },
      home: { ...raw.home, place: 'attic' },
      places: [...raw.places, { ...raw.places[0], name: 'again' }],
      work: [{ ...habit, places: ['moon'], companions: ['Nobody'], minutes: [40, 20] }],
      leisure: [{ ...habit, theme: 'none', between: ['18:00', '09:00'] }],
      majorEvents: {
        probability: 0.03,
        kinds: [{ ...raw.majorEvents.kinds[0], weight: -1, lodging: 'tent' }],
      },
    };
    expect(problemsOf(broken)).toEqual(
      expect.arrayContaining([
        'colour: unknown key',
        "name: expected text in the profile's language (zh)",
        'home.place: expected the key of a place, found "attic"',
        'places.1.key: expected a unique key, "room" is already used',
        'work.0.places.0: expected the key of a place, found "moon"',
        'work.0.companions.0: expected the name of a companion, found "Nobody"',
        'work.0.minutes: expected the minimum before the maximum',
        'leisure.0.theme: expected the key of a theme, found "none"',
        'leisure.0.between: expected the earlier time before the later',
        expect.stringMatching(/^majorEvents\.kinds\.0\.weight: /),
        'majorEvents.kinds.0.lodging: expected the key of a place, found "tent"',
      ]),
    );
    expect(problemsOf(broken)).toHaveLength(11);
  });

  test.each([
    [
      ['00:00', '00:00'],
      ['22:00', '24:00'],
      'hours.wake: expected 00:01 or later, since every day begins asleep',
    ],
    [
      ['00:00', '08:00'],
      ['22:00', '24:00'],
      'hours.wake: expected 00:01 or later, since every day begins asleep',
    ],
    [
      ['06:00', '07:00'],
      ['23:00', '01:00'],
      'hours.sleep: expected the earliest before the latest, at most 24:00',
    ],
    [
      ['24:00', '24:00'],
      ['24:00', '24:00'],
      'hours: expected more than 6 hours between the latest waking and the earliest sleep',
    ],
    [
      ['08:00', '06:00'],
      ['22:00', '24:00'],
      'hours.wake: expected the earliest before the latest, at most 24:00',
    ],
    [
      ['06:00', '07:00'],
      ['23:00', '22:00'],
      'hours.sleep: expected the earliest before the latest, at most 24:00',
    ],
    [
      ['06:00', '16:00'],
      ['22:00', '24:00'],
      'hours: expected more than 6 hours between the latest waking and the earliest sleep',
    ],
  ])('rejects waking within %j and falling asleep within %j', (wake, sleep, problem) => {
    expect(problemsOf({ ...document(), hours: { wake, sleep } })).toEqual([problem]);
  });

  test.each([null, 'text', [], 42, {}])('rejects %j', (raw) => {
    expect(problemsOf(raw)).not.toEqual([]);
  });

  test('rejects a zone that is not an IANA zone, and suggests one', () => {
    expect(problemsOf({ ...document(), timeZone: 'JST' })).toEqual([
      'timeZone: an IANA time zone, for example Asia/Tokyo',
    ]);
    expect(problemsOf({ ...document(), timeZone: '+08:00' })).toEqual([
      'timeZone: an IANA time zone, for example Etc/GMT-8',
    ]);
    expect(problemsOf({ ...document(), timeZone: 8 })).toEqual([
      'timeZone: an IANA time zone, for example Etc/GMT-8',
    ]);
  });

  test.each(['', ' ', '\u200b', '\u2800\u3164', 'null', ' NULL ', 'undefined'])(
    'rejects %j as a text',
    (name) => {
      const expected = 'text with a visible character';
      const [place] = document().places;
      expect(problemsOf({ ...document(), name })).toEqual([`name: expected ${expected}`]);
      expect(problemsOf({ ...document(), places: [{ ...place, details: [name] }] })).toEqual([
        `places.0.details.0: expected ${expected}`,
      ]);
    },
  );

  test.each(['…', '无', 'Null Sector', '🚚', '🏳️‍🌈'])('accepts %s as a text', (name) => {
    expect(parseProfile({ ...document(), name }).name).toBe(name);
  });

  test('rejects texts that cannot be stored, with their path', () => {
    const [activity] = document().habits;
    const habits = [{ ...activity, title: { zh: 'a\0b', en: 'Tea' } }];
    expect(problemsOf({ ...document(), name: 'a\ud83d', habits })).toEqual([
      'name: expected text without unpaired surrogates',
      'habits.0.title: expected text without NUL characters (U+0000)',
    ]);
  });

  test('reports an unknown language once, not for every text', () => {
    const problems = problemsOf({ ...document(), language: 'fr' });
    expect(problems).toEqual([expect.stringMatching(/^language: /)]);
  });

  test('reports nested unknown keys', () => {
    const raw = document();
    const places = [{ ...raw.places[0], smell: 'tea' }];
    expect(problemsOf({ ...raw, places })).toEqual(['places.0.smell: unknown key']);
  });
});

describe('profileHash', () => {
  test('depends on every value, but not on the order of keys', () => {
    const profile = parseProfile(document());
    const turned = parseProfile(Object.fromEntries(Object.entries(document()).reverse()));
    expect(profileHash(profile)).toMatch(/^[0-9a-f]{64}$/);
    expect(profileHash(turned)).toBe(profileHash(profile));
    expect(profileHash({ ...profile, name: 'Other' })).not.toBe(profileHash(profile));
  });
});
