import type { Category, Language } from '@texas-ai/life';
import { fakeWordsEn } from './words-en.js';
import { fakeWordsZh } from './words-zh.js';

export interface PlannedItem {
  category: Category;
  /** Variants of title, location and description; one is picked. */
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
