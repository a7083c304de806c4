import { Temporal } from '@texas-ai/kernel';
import type {
  ChapterBrief,
  DayBrief,
  Generation,
  Language,
  Plan,
  PlanDraft,
  Profile,
  Slot,
} from '@texas-ai/life';
import { profileEn, profileZh } from './builder-profiles.js';

/** A small valid profile in this language; each call returns a copy. */
export function buildProfile(language: Language = 'zh', overrides: Partial<Profile> = {}): Profile {
  return { ...structuredClone(language === 'zh' ? profileZh : profileEn), ...overrides };
}

/** The language defaults to that of the profile, or else to Chinese. */
type BriefOverrides<Brief> = Partial<Brief> & { language?: Language };

/** An ordinary rainy Monday, awake 07:00-23:00, first generation of its date. */
export function buildDayBrief({
  language: wanted,
  ...overrides
}: BriefOverrides<DayBrief> = {}): DayBrief {
  const language = wanted ?? overrides.profile?.language ?? 'zh';
  const zh = language === 'zh';
  return {
    profile: buildProfile(language),
    date: '2026-11-23',
    dayType: 'workday',
    weather: {
      summary: zh ? '小雨' : 'Light rain',
      condition: 'rain',
      tempMinC: 8,
      tempMaxC: 13,
      source: 'seeded',
    },
    majorEvent: null,
    yesterday: {
      date: '2026-11-22',
      summary: zh ? '昨天在旧书店待到打烊。' : 'Stayed in the bookshop until it closed.',
      titles: zh ? ['逛旧书店', '擦拭工具'] : ['Second-hand books', 'Oiling the tools'],
    },
    wake: 7 * 60,
    sleep: 23 * 60,
    ordinal: 1,
    ...overrides,
  };
}

/** A plan of ten items: asleep until 07:00 and from 23:00, eight waking items of two hours. */
export function buildPlan(language: Language = 'zh'): Plan {
  const zh = language === 'zh';
  const titles = zh
    ? ['起床洗漱', '早餐', '上午送件', '午饭', '下午送件', '晚饭', '听唱片', '睡前收拾']
    : [
        'Getting up',
        'Breakfast',
        'Morning run',
        'Lunch',
        'Afternoon run',
        'Dinner',
        'Records',
        'Tidying',
      ];
  const place = zh ? '公寓' : 'The flat';
  const item = (start: number, end: number, title: string, asleep = false) => ({
    start,
    end,
    title,
    category: asleep ? ('rest' as const) : ('personal' as const),
    priority: 'medium' as const,
    asleep,
    location: place,
    description: zh ? '平常的一段。' : 'An ordinary stretch.',
    companions: [],
    weatherAffected: false,
    emotionalTags: [zh ? '平静' : 'calm'],
    interactionPotential: 'medium' as const,
  });
  const waking = titles.map((title, index) => item(420 + 120 * index, 540 + 120 * index, title));
  return {
    summary: zh ? '平常的一天。' : 'An ordinary day.',
    items: [
      item(0, 420, zh ? '睡眠' : 'Asleep', true),
      ...waking,
      item(1380, 1440, zh ? '入睡' : 'Asleep', true),
    ],
  };
}

/** The first of four chapters: the slots of the first two waking items, every fourth with a message. */
export function buildChapterBrief({
  language: wanted,
  ...overrides
}: BriefOverrides<ChapterBrief> = {}): ChapterBrief {
  const language = wanted ?? overrides.profile?.language ?? 'zh';
  const plan = overrides.plan ?? buildPlan(language);
  return {
    ...buildDayBrief({ language }),
    plan,
    chapter: 0,
    chapters: 4,
    slots: buildSlots(plan, [1, 2]),
    ...overrides,
  };
}

/** Slots of 30 minutes for these items; the second of every four wants an interaction. */
export function buildSlots(plan: Plan, items: readonly number[]): Slot[] {
  const slots: Slot[] = [];
  for (const index of items) {
    const { start, end } = plan.items[index] ?? { start: 0, end: 0 };
    for (let from = start; from < end; from += 30) {
      const wantsInteraction = slots.length % 4 === 1;
      slots.push({ item: index, start: from, end: Math.min(from + 30, end), wantsInteraction });
    }
  }
  return slots;
}

/** The waking hours of `buildPlan` as an author would propose them. */
export function buildPlanDraft(language: Language = 'zh'): PlanDraft {
  const { summary, items } = buildPlan(language);
  const time = (minute: number) => `${String(minute / 60).padStart(2, '0')}:00`;
  return {
    summary,
    items: items
      .filter((item) => !item.asleep)
      .map(({ asleep: _, start, end, ...rest }) => ({
        ...rest,
        start: time(start),
        end: time(end),
      })),
  };
}

/** A queued generation of texas on 2026-11-23. */
export function buildGeneration(more: Partial<Generation> = {}): Generation {
  return {
    id: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11',
    character: 'texas',
    date: Temporal.PlainDate.from('2026-11-23'),
    status: 'queued',
    author: 'offline',
    model: null,
    chapters: { total: 0, written: 0 },
    usage: { calls: 0, inputTokens: 0, outputTokens: 0, cost: 0, unpricedCalls: 0 },
    fallback: null,
    waiting: null,
    error: null,
    createdAt: '2026-11-22T20:00:00Z',
    startedAt: null,
    finishedAt: null,
    ordinal: 1,
    run: 1,
    chaptersWanted: null,
    askedBy: 'person',
    requestId: null,
    ...more,
  };
}
