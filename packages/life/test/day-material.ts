import { formatMinute } from '@texas-ai/kernel';
import { type Language, type Profile, profileSchema } from '../src/character/profile.js';
import type { Plan } from '../src/day/plan.js';
import type { ItemDraft, PlanDraft } from '../src/drafting/draft.js';

/** A small profile; `over` replaces whole fields. */
export function sampleProfile(language: Language = 'en', over: Partial<Profile> = {}): Profile {
  const zh = language === 'zh';
  return {
    ...profileSchema.parse({
      id: 'texas',
      name: zh ? '德克萨斯' : 'Texas',
      language,
      timeZone: 'Asia/Shanghai',
      persona: { summary: 'A courier.', traits: ['calm'], voice: 'Short.', owner: 'Doctor' },
      home: { name: zh ? '龙门' : 'Lungmen', latitude: 31, longitude: 121, place: 'flat' },
      hours: { wake: ['06:00', '08:00'], sleep: ['22:00', '24:00'] },
      companions: ['Exusiai', '空', 'Mostima'].map((name) => ({
        name,
        relation: 'colleague',
        description: 'Talks a lot.',
      })),
      places: [
        { key: 'flat', name: zh ? '公寓' : 'the flat', outdoors: false, description: 'Small.' },
        { key: 'depot', name: zh ? '仓库' : 'the depot', outdoors: false, description: 'Large.' },
      ],
      habits: [
        activity('Breakfast at home', 'personal', { at: 'breakfast' }),
        activity('Logbook', 'personal', { at: 'evening' }),
      ],
      work: [activity('Morning round', 'work', { places: ['depot'] })],
      leisure: [
        activity('A walk in the park', 'rest', { places: ['depot'] }),
        activity('Sun on the balcony', 'rest', { weather: ['sunny'] }),
        activity('Reading {book}', 'rest'),
        activity('Reading', 'rest', { description: 'Reads {book} to the end.' }),
        activity('A late film', 'rest', { between: ['20:00', '23:00'] }),
        activity('Chess problems', 'personal', { minutes: [20, 50] }),
      ],
      majorEvents: {
        probability: 0.028,
        kinds: [
          { kind: 'trip', weight: 0.7, titles: ['North', 'South'], objectives: ['Deliver.'] },
          { kind: 'illness', weight: 0.3, titles: ['A cold'], objectives: ['Rest.'] },
        ],
      },
    }),
    ...over,
  };
}

function activity(title: string, category: string, over: Record<string, unknown> = {}): unknown {
  const description = `${title}, as always.`;
  return { title, category, places: ['flat'], minutes: [30, 60], description, ...over };
}

export function sampleItem(start: string, end: string, over: Partial<ItemDraft> = {}): ItemDraft {
  return {
    start,
    end,
    title: `From ${start}`,
    category: 'personal',
    priority: 'medium',
    location: 'the flat',
    description: 'Something happens.',
    companions: [],
    weatherAffected: false,
    emotionalTags: ['calm'],
    interactionPotential: 'medium',
    ...over,
  };
}

/** A draft of `[start, end, over]` items. */
export function sampleDraft(...items: [string, string, Partial<ItemDraft>?][]): PlanDraft {
  return {
    summary: 'A day.',
    items: items.map(([start, end, over]) => sampleItem(start, end, over)),
  };
}

/** A draft for 07:00-23:00 that needs no repair. */
export function validDraft(): PlanDraft {
  const times = ['07:00', '08:00', '09:00', '12:00', '13:00', '15:30', '18:00', '19:30', '23:00'];
  const categories = [
    'personal',
    'rest',
    'work',
    'social',
    'work',
    'work',
    'rest',
    'personal',
  ] as const;
  return sampleDraft(
    ...categories.map((category, i): [string, string, Partial<ItemDraft>] => [
      times[i] ?? '',
      times[i + 1] ?? '',
      { title: `Item ${i + 1}`, category },
    ]),
  );
}

/** The draft that becomes this plan without repairs. */
export function draftOf(plan: Plan): PlanDraft {
  const waking = plan.items.filter((item) => !item.asleep);
  return {
    summary: plan.summary,
    items: waking.map(({ asleep: _asleep, start, end, ...rest }) => ({
      ...rest,
      start: formatMinute(start),
      end: formatMinute(end),
    })),
  };
}
