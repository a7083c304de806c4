import { minutesPerDay } from '@texas-ai/kernel';
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
import { type Beat, beatPools, beatsBySlot } from './beats.js';
import type { Grammar, Phase } from './grammar.js';
import { grammarOf } from './grammars.js';
import { itemWords, weekdayOf } from './item-words.js';
import { numberText, timeText } from './numerals.js';
import { dayNumberOf, type Picker, seedOf } from './rotation.js';
import { eventKindOf } from './setting.js';
import type { Words } from './templates.js';
import { isNoticeable, temperatureAt, timeOfDayAt } from './time-of-day.js';

/**
 * How far turns advance from one day to the next: by little more than a day uses, so that every
 * combination of two pools is used once before any repeats, and by a prime, so that pools of any other
 * size keep rotating.
 */
const turnsPerDay = { shared: 61, own: 13 } as const;
/** Minutes. */
const averageSlot = 17;

/** The material for the sentences of one slot. */
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
  /** Whether the day's weather is noticeable at this hour. */
  weatherNoticeable: boolean;
  temperature: number;
  words: Words;
  /** What the character does in this slot, in order; empty if the item has nothing left. */
  beats: readonly Beat[];
  /** Counts slots over all days; rotates the pools that items share. */
  turn: number;
  /** Differs for every slot; determines the choice of sentence forms. */
  form: number;
  /** Counts uses of the item's own material over all days. */
  ownTurn: number;
  opensDay: boolean;
  closesDay: boolean;
}

/** The scenes of a chapter's slots, in order. Throws a RangeError if a slot refers to no item. */
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
    const slotsSince = Math.floor((slot.start - (firstMinute ?? 0)) / averageSlot);
    return {
      brief,
      grammar,
      picker,
      ...stage,
      beats: stage.beats[nth] ?? [],
      phase: phaseOf(nth, stage.beats.length),
      only: stage.beats.length === 1,
      timeOfDay: timeOfDayAt(slot.start),
      weatherNoticeable: isNoticeable(condition, slot.start),
      temperature,
      words: { ...stage.words, ...clockWords(brief, slot, temperature) },
      turn: seed + day * turnsPerDay.shared + slotsSince,
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

/** What the slots of one item share. */
type Stage = Pick<
  Scene,
  'item' | 'activity' | 'theme' | 'place' | 'companions' | 'words' | 'ownTurn'
> & { beats: Beat[][] };

function stageOf(
  brief: ChapterBrief,
  grammar: Grammar,
  group: readonly Slot[],
  turn: number,
): Stage {
  const { profile, plan } = brief;
  const [first] = group;
  const item = first && plan.items[first.item];
  if (item === undefined) throw new RangeError('A slot refers to no item of the plan.');
  const activity = activityOf(brief, item);
  const theme = profile.material?.themes?.[activity?.theme ?? ''];
  const words = { ...itemWords(brief, item), time: timeText(profile.language, first?.start ?? 0) };
  const alike = itemsWithSameMaterial(brief, item, activity);
  const before = alike.slice(0, alike.indexOf(item));
  const slotsBefore = before.reduce(
    (sum, { start, end }) => sum + Math.ceil((end - start) / averageSlot),
    0,
  );
  const pools = beatPools({ activity, theme }, grammar.beats[item.category], words);
  return {
    item,
    activity,
    theme,
    place: profile.places.find(({ name }) => name === item.location),
    companions: profile.companions.filter(({ name }) => item.companions.includes(name)),
    words,
    ownTurn: turn + slotsBefore,
    beats: beatsBySlot(pools, group.length, { day: turn, nth: before.length, of: alike.length }),
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

/** The items of the day that use the same material as this one, itself included. */
function itemsWithSameMaterial(
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

function clockWords(brief: ChapterBrief, { start }: Slot, celsius: number): Words {
  const { language } = brief.profile;
  const { above, below } = grammarOf(brief.profile).language.degrees;
  const degrees = numberText(language, Math.abs(celsius));
  return {
    time: timeText(language, start),
    weekday: weekdayOf(brief),
    temperature: celsius < 0 ? below({ degrees }) : above({ degrees }),
  };
}
