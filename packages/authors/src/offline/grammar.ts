import {
  type Category,
  categories,
  habitTimes,
  majorEventKinds,
  timesOfDay,
  weatherConditions,
} from '@texas-ai/life';
import { z } from 'zod';
import { template, templates, textWith } from './templates.js';

const text = textWith();
const texts = z.array(text).min(1);
/** Clauses carry no final full stop; their placeholders are filled in for each slot. */
const clauses = z
  .array(
    textWith(
      ...['she', 'her', 'them', 'name', 'owner', 'companion'],
      ...['title', 'place', 'time', 'weekday', 'temperature', 'yesterday'],
    ),
  )
  .min(1);

const categoryClauses = {
  personal: clauses,
  work: clauses,
  social: clauses,
  rest: clauses,
} satisfies Record<Category, typeof clauses>;
const weatherTexts = z.record(z.enum(weatherConditions), texts);
const inAndOut = z.strictObject({ outdoors: clauses, indoors: clauses });
const pronouns = z.strictObject({ she: text, her: text, them: text });
const fallback = z.strictObject({ title: text, description: text });

/**
 * The generic part of a language: clauses that fit any character, and templates that join clauses.
 * Each key is a file in `grammars/<language>/`.
 */
export const grammarSchema = z.strictObject({
  language: z.strictObject({
    space: z.string(),
    comma: z.string(),
    quotation: template('title'),
    pronouns: z.strictObject({ she: pronouns, he: pronouns }),
    weekdays: z.array(text).length(7),
    degrees: z.strictObject({ above: template('degrees'), below: template('degrees') }),
  }),
  sentences: z.strictObject({
    plain: template('clause'),
    withSurroundings: templates('clause', 'surroundings'),
    withGesture: template('clause', 'gesture'),
    withBoth: template('clause', 'gesture', 'surroundings'),
    pair: templates('first', 'second'),
    atTime: templates('time', 'clause'),
    companionActs: templates('name', 'act', 'reaction'),
    companionSpeaks: templates('name', 'words', 'reaction'),
    thought: templates('observation', 'tail'),
    message: templates('report', 'aside'),
    question: template('report', 'question'),
    /** These two are clauses: two actions of one subject, and a clause that a gesture follows. */
    sequence: templates('first', 'rest'),
    clauseWithGesture: template('clause', 'gesture'),
  }),
  summary: z.strictObject({
    sky: templates('weekday', 'weather', 'tempMinC', 'tempMaxC'),
    course: z.strictObject({
      parts: z.strictObject({ morning: text, afternoon: text, evening: text }),
      first: template('part', 'title'),
      next: template('part', 'title'),
    }),
    event: z.strictObject({
      oneDay: template('title'),
      severalDays: template('title', 'dayNumber', 'days'),
    }),
    yesterday: z.array(textWith('yesterday')).min(1),
    phases: z.record(
      z.enum(majorEventKinds),
      z.strictObject({ first: text, middle: text, last: text }),
    ),
  }),
  beats: z.record(
    z.enum(categories),
    z.strictObject({ start: clauses, middle: clauses, end: clauses }),
  ),
  movement: z.strictObject({
    moves: clauses,
    gestures: clauses,
    reactions: clauses,
    acts: clauses,
  }),
  thoughts: z.strictObject({
    ...categoryClauses,
    any: clauses,
    weather: weatherTexts,
    yesterday: clauses,
    tails: clauses,
  }),
  messages: z.strictObject({
    ...categoryClauses,
    weather: weatherTexts,
    asides: clauses,
    questions: clauses,
    mornings: clauses,
    nights: clauses,
  }),
  emotions: z.record(z.enum(categories), texts),
  places: z.strictObject({
    details: inAndOut,
    times: z.record(z.enum(timesOfDay), clauses),
  }),
  weather: z.strictObject({
    conditions: z.record(z.enum(weatherConditions), inAndOut),
    hot: clauses,
    cold: clauses,
    rough: z.partialRecord(z.enum(weatherConditions), text),
  }),
  fallbacks: z.strictObject({
    habits: z.record(z.enum(habitTimes), fallback),
    events: z.record(z.enum(majorEventKinds), z.array(fallback).min(1)),
    elsewhere: text,
  }),
});

export type Grammar = z.infer<typeof grammarSchema>;
export type Phase = keyof Grammar['beats'][Category];
