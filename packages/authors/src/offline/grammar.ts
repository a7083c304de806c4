import type {
  Category,
  HabitTime,
  MajorEventKind,
  TimeOfDay,
  WeatherCondition,
} from '@texas-ai/life';
import type { Words } from './words.js';

export type Phase = 'start' | 'middle' | 'end';

/** An item of the plan that no activity of the profile stands for. */
export interface Stopgap {
  title: string;
  description: string;
}

/** What a summary of a day is told. */
export interface DayOutline {
  weekday: string;
  weather: string;
  tempMinC: number;
  tempMaxC: number;
  /** Titles of the main items before noon, after it and in the evening. */
  morning: string | undefined;
  afternoon: string | undefined;
  evening: string | undefined;
}

/**
 * The generic part of a language: clauses that fit any character, and the ways to join clauses.
 * The pronoun is written `{she}`, `{her}` (possessive), `{them}` (object).
 */
export interface Grammar {
  pronouns: Record<'she' | 'he', Words>;
  /** Two clauses, the latter about the surroundings, as one sentence; `turn` varies the joint. */
  around(clause: string, surroundings: string, turn: number): string;
  /** A clause and what she does on the side. */
  aside(clause: string, gesture: string): string;
  /** All three: a clause, what she does on the side, what is around her. */
  full(clause: string, gesture: string, surroundings: string): string;
  /** Two things she does in a row, as a clause; undefined where the second is not hers. */
  sequence(first: string, second: string, words: Words, turn: number): string | undefined;
  /** A clause and what she does on the side, as a clause. */
  attach(clause: string, gesture: string): string;
  /** Two independent clauses of equal rank. */
  pair(first: string, second: string, turn: number): string;
  /** One clause that opens with the time of day. */
  timed(clause: string, time: string, turn: number): string;
  sentence(clause: string): string;
  does(name: string, act: string, reaction: string, turn: number): string;
  says(name: string, words: string, reaction: string, turn: number): string;
  thought(observation: string, tail: string, turn: number): string;
  message(report: string, aside: string, turn: number): string;
  /** What she is at, and what she asks her owner. */
  question(report: string, question: string): string;
  /** Sentences of one paragraph. */
  paragraph(sentences: readonly string[]): string;
  time(minute: number): string;
  weekday(dayOfWeek: number): string;
  temperature(celsius: number): string;
  /** What a sentence may name as yesterday's main item. */
  quote(title: string): string;
  summary: {
    outline(outline: DayOutline, turn: number): string;
    yesterday: readonly string[];
    event(title: string, dayNumber: number, days: number): string;
    phases: Record<MajorEventKind, Record<'first' | 'middle' | 'last', readonly string[]>>;
  };
  weather: Record<WeatherCondition, Record<'outdoors' | 'indoors', readonly string[]>>;
  /** What there may be at any place of its kind, for places that say nothing of themselves. */
  details: Record<'outdoors' | 'indoors', readonly string[]>;
  hot: readonly string[];
  cold: readonly string[];
  times: Record<TimeOfDay, readonly string[]>;
  beats: Record<Category, Record<Phase, readonly string[]>>;
  moves: readonly string[];
  gestures: readonly string[];
  reactions: readonly string[];
  acts: readonly string[];
  thoughts: Record<Category | 'any' | 'yesterday', readonly string[]> & {
    weather: Record<WeatherCondition, readonly string[]>;
  };
  tails: readonly string[];
  messages: Record<Category, readonly string[]> & {
    weather: Record<WeatherCondition, readonly string[]>;
  };
  asides: readonly string[];
  questions: readonly string[];
  mornings: readonly string[];
  nights: readonly string[];
  emotions: Record<Category, readonly string[]>;
  stopgaps: {
    habits: Record<HabitTime, Stopgap>;
    events: Record<MajorEventKind, readonly Stopgap[]>;
    onTheWay: string;
  };
  /** Added to a description where rough weather meets an item under the open sky. */
  inRoughWeather: Partial<Record<WeatherCondition, string>>;
}
