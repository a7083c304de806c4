import { minutesPerDay, parseDate } from '@texas-ai/kernel';
import type {
  Activity,
  ChapterBrief,
  Companion,
  Place,
  ScheduleItem,
  Slot,
  Theme,
  TimeOfDay,
} from '@texas-ai/life';
import { beatPools } from './beat-pools.js';
import { type Beat, courseOf } from './course.js';
import type { Grammar, Phase } from './grammar.js';
import { grammarOf } from './grammars.js';
import { itemWords } from './item-words.js';
import { dayNumberOf, type Picker, seedOf } from './rotation.js';
import { eventKindOf } from './setting.js';
import { isNoticed, temperatureAt, timeOfDayAt } from './time-of-day.js';
import type { Words } from './words.js';

/**
 * How far turns advance from one day to the next. As little as a day's uses allow, so that pools and
 * their combinations are walked through once before any comes again; prime, so that no pool of
 * another size stands still from day to day.
 */
const turnsPerDay = { shared: 61, own: 13 } as const;
/** About how long a slot takes, minutes. */
const usualSlot = 17;

/** All that the sentences of one slot are written from. */
export interface Scene {
  brief: ChapterBrief;
  grammar: Grammar;
  picker: Picker;
  item: ScheduleItem;
  activity: Activity | undefined;
  theme: Theme | undefined;
  place: Place | undefined;
  companions: readonly Companion[];
  phase: Phase;
  /** Whether the slot is the only one of its item. */
  only: boolean;
  timeOfDay: TimeOfDay;
  /** Whether the day's weather is noticed at this hour. */
  noticed: boolean;
  temperature: number;
  words: Words;
  /** What she does in this slot, in order; empty where the item has nothing left. */
  beats: readonly Beat[];
  /** Counts slots over all days; what pools shared by many items rotate with. */
  turn: number;
  /** Differs for every slot; what choices of form depend on. */
  form: number;
  /** Counts uses of this item's own material over all days. */
  ownTurn: number;
  opensDay: boolean;
  closesDay: boolean;
}

/** The scenes of a chapter's slots, in order. Throws RangeError where a slot names no item. */
export function scenesOf(brief: ChapterBrief, picker: Picker): Scene[] {
  const { profile, plan, slots } = brief;
  const grammar = grammarOf(profile);
  const waking = plan.items.filter(({ asleep }) => !asleep);
  const firstMinute = waking[0]?.start;
  const lastMinute = waking.at(-1)?.end;
  const day = dayNumberOf(brief.date);
  const seed = seedOf(profile.id, brief.ordinal) % 7919;
  const sceneOf = (slot: Slot, stage: Stage, nth: number): Scene => {
    const { tempMinC, tempMaxC, condition } = brief.weather;
    const temperature = temperatureAt(tempMinC, tempMaxC, slot.start);
    const since = Math.floor((slot.start - (firstMinute ?? 0)) / usualSlot);
    return {
      brief,
      grammar,
      picker,
      ...stage,
      beats: stage.course[nth] ?? [],
      phase: phaseOf(nth, stage.course.length),
      only: stage.course.length === 1,
      timeOfDay: timeOfDayAt(slot.start),
      noticed: isNoticed(condition, slot.start),
      temperature,
      words: { ...stage.words, ...clockWords(grammar, brief.date, slot, temperature) },
      turn: seed + day * turnsPerDay.shared + since,
      form: seed + day * minutesPerDay + slot.start,
      ownTurn: stage.ownTurn + nth,
      opensDay: slot.start === firstMinute,
      closesDay: slot.end === lastMinute,
    };
  };
  return groupByItem(slots).flatMap((group) => {
    const stage = stageOf(brief, grammar, group, seed + day * turnsPerDay.own);
    return group.map((slot, nth) => sceneOf(slot, stage, nth));
  });
}

/** What all slots of one item share. */
type Stage = Pick<
  Scene,
  'item' | 'activity' | 'theme' | 'place' | 'companions' | 'words' | 'ownTurn'
> & { course: Beat[][] };

function stageOf(
  brief: ChapterBrief,
  grammar: Grammar,
  group: readonly Slot[],
  turn: number,
): Stage {
  const { profile, plan } = brief;
  const [first] = group;
  const item = first && plan.items[first.item];
  if (item === undefined) throw new RangeError('A slot names no item of the plan.');
  const activity = activityOf(brief, item);
  const theme = profile.material?.themes?.[activity?.theme ?? ''];
  const words = { ...itemWords(brief, item), time: grammar.time(first?.start ?? 0) };
  const alike = itemsAlike(brief, item, activity);
  const before = alike.slice(0, alike.indexOf(item));
  const slotsBefore = before.reduce(
    (sum, { start, end }) => sum + Math.ceil((end - start) / usualSlot),
    0,
  );
  const courseTurn = { day: turn, nth: before.length, of: alike.length };
  const generic = grammar.beats[item.category];
  return {
    item,
    activity,
    theme,
    place: profile.places.find(({ name }) => name === item.location),
    companions: profile.companions.filter(({ name }) => item.companions.includes(name)),
    words,
    ownTurn: turn + slotsBefore,
    course: courseOf(beatPools({ activity, theme }, generic, words), group.length, courseTurn),
  };
}

function groupByItem(slots: readonly Slot[]): Slot[][] {
  const groups: Slot[][] = [];
  for (const slot of slots) {
    const last = groups.at(-1);
    if (last?.[0]?.item === slot.item) last.push(slot);
    else groups.push([slot]);
  }
  return groups;
}

function phaseOf(nth: number, count: number): Phase {
  if (nth === 0) return 'start';
  return nth === count - 1 ? 'end' : 'middle';
}

function activityOf(brief: ChapterBrief, { title }: ScheduleItem): Activity | undefined {
  const { habits, work, leisure } = brief.profile;
  const event = eventKindOf(brief)?.activities ?? [];
  return [...event, ...habits, ...work, ...leisure].find((activity) => activity.title === title);
}

/** The items of the day that are written from the same material as this one, itself included. */
function itemsAlike(
  brief: ChapterBrief,
  own: ScheduleItem,
  activity: Activity | undefined,
): ScheduleItem[] {
  const material = (item: ScheduleItem, known: Activity | undefined) =>
    known?.theme ?? known?.title ?? item.category;
  return brief.plan.items
    .filter((item) => !item.asleep)
    .filter((item) => material(item, activityOf(brief, item)) === material(own, activity));
}

function clockWords(grammar: Grammar, date: string, slot: Slot, temperature: number): Words {
  return {
    time: grammar.time(slot.start),
    weekday: grammar.weekday(parseDate(date)?.dayOfWeek ?? 1),
    temperature: grammar.temperature(temperature),
  };
}
