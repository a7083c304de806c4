import { formatMinute, type Random, seededRandom } from '@texas-ai/kernel';
import {
  type Activity,
  type DayBrief,
  type HabitTime,
  habitTimes,
  type ItemDraft,
  type Place,
  type PlanDraft,
  type Profile,
} from '@texas-ai/life';
import { type Choice, type Chosen, choose } from './choice.js';
import { type Purpose, type Stretch, shapeDay } from './day-shape.js';
import { grammarOf } from './grammars.js';
import { itemWords } from './item-words.js';
import { baseAt, eventKindOf, isAway } from './setting.js';
import { summarize } from './summary.js';
import { fill } from './templates.js';
import { isRough } from './time-of-day.js';

/** Plans the waking hours of a day; the same brief always results in the same plan. */
export function composePlan(brief: DayBrief): PlanDraft {
  const random = seededRandom(brief.profile.id, brief.date, brief.ordinal, 'plan');
  const chosen: Chosen = new Set();
  const stretches = shapeDay(brief, random);
  const items = stretches.map((stretch) => {
    const pools = poolsFor(stretch.purpose, brief);
    for (const pool of pools) {
      const choice = choose(pool, brief, stretch.start, chosen, random);
      if (choice !== undefined) return itemOf(choice, stretch, brief, random);
    }
    return itemOf(fallback(stretch, brief, chosen, random), stretch, brief, random);
  });
  return { summary: summarize(brief, items, random), items };
}

/** The pools to choose an activity from, most suitable first. */
function poolsFor(purpose: Purpose, brief: DayBrief): (readonly Activity[])[] {
  const { work, leisure } = brief.profile;
  const quiet = leisure.filter(({ category }) => category === 'rest' || category === 'personal');
  const short = leisure.filter(({ minutes }) => minutes[0] <= 25);
  const event = eventKindOf(brief)?.activities ?? [];
  switch (purpose) {
    case 'work':
      return [work, leisure];
    case 'leisure':
      return [leisure.filter(({ minutes }) => minutes[1] >= 50), leisure];
    case 'break':
      return [short.filter(({ category }) => category === 'rest'), short, quiet];
    case 'company':
      return [leisure.filter(({ category }) => category === 'social'), leisure];
    case 'event':
      // An event without activities consists of fallback items.
      return event.length === 0 ? [] : [event.filter(({ at }) => at === undefined), leisure];
    default:
      return [
        event.filter((activity) => activity.at === purpose),
        habitsFor(brief.profile, purpose),
      ];
  }
}

/** If no habit has `at`, the first is for waking, the last for bedtime, the others for the evening. */
function habitsFor({ habits }: Profile, purpose: HabitTime): readonly Activity[] {
  if (habits.some(({ at }) => at !== undefined)) return habits.filter(({ at }) => at === purpose);
  if (purpose === 'waking') return habits.slice(0, 1);
  if (purpose === 'bedtime') return habits.length > 1 ? habits.slice(-1) : [];
  return purpose === 'evening' ? habits.slice(1, -1) : [];
}

/** A generic item, for when none of the profile's activities is suitable. */
function fallback(
  { purpose, start }: Stretch,
  brief: DayBrief,
  chosen: Chosen,
  random: Random,
): Choice {
  const { fallbacks } = grammarOf(brief.profile);
  const habit = habitTimes.find((known) => known === purpose);
  const eventItems = brief.majorEvent === null ? [] : fallbacks.events[brief.majorEvent.kind];
  const fresh = eventItems.filter(({ title }) => !chosen.has(title));
  const { title, description } =
    habit !== undefined
      ? fallbacks.habits[habit]
      : random.pick(fresh.length > 0 ? fresh : [fallbacks.habits.evening]);
  chosen.add(title);
  const category =
    habit !== undefined
      ? 'personal'
      : purpose === 'event' && brief.majorEvent?.kind !== 'illness'
        ? 'work'
        : 'rest';
  const activity: Activity = {
    title,
    description,
    category,
    places: [],
    minutes: [20, 120],
    companions: [],
  };
  return { activity, place: fallbackPlace(brief, start) };
}

function fallbackPlace(brief: DayBrief, start: number): Place {
  const base = baseAt(brief, start);
  const { elsewhere } = grammarOf(brief.profile).fallbacks;
  if (base !== undefined && (base.away || !isAway(brief, start))) return base;
  return { key: 'away', name: elsewhere, outdoors: false, description: elsewhere };
}

function itemOf(
  { activity, place }: Choice,
  stretch: Stretch,
  brief: DayBrief,
  random: Random,
): ItemDraft {
  const { profile, weather } = brief;
  const grammar = grammarOf(profile);
  const companions = companionsFor(activity, random);
  const item = { title: activity.title, location: place.name, companions };
  const rough = place.outdoors && isRough(weather.condition);
  const note = rough ? grammar.weather.rough[weather.condition] : undefined;
  const description = fill(activity.description, itemWords(brief, item)) ?? activity.description;
  const theme = profile.material?.themes?.[activity.theme ?? ''];
  const own = [...(activity.emotions ?? []), ...(theme?.emotions ?? [])];
  const emotions = own.length >= 2 ? own : grammar.emotions[activity.category];
  return {
    start: formatMinute(stretch.start),
    end: formatMinute(stretch.end),
    title: activity.title,
    category: activity.category,
    priority: priorityOf(stretch.purpose),
    location: place.name,
    description:
      note === undefined ? description : [description, note].join(grammar.language.space),
    companions,
    weatherAffected: place.outdoors || (isRough(weather.condition) && activity.category === 'work'),
    emotionalTags: random.shuffle(emotions).slice(0, random.int(1, 3)),
    interactionPotential: potentialOf(activity, random),
  };
}

function companionsFor({ category, companions }: Activity, random: Random): string[] {
  const order = random.shuffle(companions);
  if (category === 'social') return order.slice(0, random.int(1, 2));
  return random.chance(0.5) ? order.slice(0, 1) : [];
}

function priorityOf(purpose: Purpose): ItemDraft['priority'] {
  if (purpose === 'work' || purpose === 'event') return 'high';
  return habitTimes.some((habit) => habit === purpose) ? 'medium' : 'low';
}

function potentialOf({ category }: Activity, random: Random): ItemDraft['interactionPotential'] {
  if (category === 'work') return random.pick(['low', 'low', 'medium']);
  return random.pick(category === 'personal' ? ['low', 'medium'] : ['medium', 'high']);
}
