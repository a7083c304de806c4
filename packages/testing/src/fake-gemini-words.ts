import type { Category, Language } from '@texas-ai/life';
import { fakeWordsEn } from './fake-gemini-words-en.js';
import { fakeWordsZh } from './fake-gemini-words-zh.js';

export interface PlannedItem {
  category: Category;
  /** Title, location, description: one of them is taken. */
  versions: readonly (readonly [string, string, string])[];
}

export interface FakeWords {
  workday: readonly PlannedItem[];
  freeDay: readonly PlannedItem[];
  summary(name: string, titles: readonly string[]): string;
  openings: readonly ((title: string, name: string) => string)[];
  details: readonly string[];
  feelings: readonly string[];
  thoughts: readonly string[];
  messages: readonly string[];
}

export const fakeWords: Record<Language, FakeWords> = { zh: fakeWordsZh, en: fakeWordsEn };
