import type { MajorEventKind, Profile } from '../character/profile.js';
import type { DayType } from '../day/day-type.js';

/** The character that a prompt is about. */
export interface Who {
  name: string;
  /** How she addresses her owner. */
  owner: string;
  pronoun: 'she' | 'he';
}

/** The waking hours, `HH:MM`, and the number of items to ask for. */
export interface PlanTask {
  wake: string;
  sleep: string;
  minItems: number;
  maxItems: number;
}

export interface ChapterTask {
  slots: number;
  /** The number of slots that want a message. */
  messages: number;
  /** Whether the first of these slots is the first of the day. */
  opensDay: boolean;
  /** Whether the last of these slots is the last of the day. */
  closesDay: boolean;
}

/** The words and sentences of prompts in one language. */
export interface PromptWords {
  locale: string;
  separator: string;
  dayTypes: Record<DayType, string>;
  kinds: Record<MajorEventKind, string>;
  headings: Record<'profile' | 'day' | 'yesterday' | 'plan' | 'slots' | 'task', string>;
  labels: Record<
    | 'name'
    | 'persona'
    | 'traits'
    | 'voice'
    | 'owner'
    | 'home'
    | 'companions'
    | 'places'
    | 'habits'
    | 'work'
    | 'leisure'
    | 'date'
    | 'dayType'
    | 'weather'
    | 'majorEvent'
    | 'objective'
    | 'eventActivities'
    | 'lodging'
    | 'summary'
    | 'titles'
    | 'with',
    string
  >;
  outdoors: string;
  away: string;
  asleep: string;
  alone: string;
  none: string;
  minutes(shortest: number, longest: number): string;
  between(from: string, to: string): string;
  temperatures(min: number, max: number): string;
  eventDay(day: number, days: number): string;
  message(who: Who, wanted: boolean): string;
  planSystem(who: Who): string;
  planTask(who: Who, task: PlanTask): string;
  chapterSystem(who: Who): string;
  chapterTask(who: Who, task: ChapterTask): string;
  askAgain: { before: string; after: string };
}

export function whoOf({ name, persona }: Profile): Who {
  return { name, owner: persona.owner, pronoun: persona.pronoun ?? 'she' };
}
