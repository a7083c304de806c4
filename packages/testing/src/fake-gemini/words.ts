import type { Category } from '@texas-ai/life';

type PlannedItem = readonly [
  category: Category,
  title: string,
  location: string,
  description: string,
];

/** What the fake Gemini writes in one language. */
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
