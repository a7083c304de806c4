import { formatMinute, type Random, seededRandom } from '@texas-ai/kernel';
import type { ChapterDraft, ItemDraft, Language, PlanDraft } from '@texas-ai/life';
import { type ReadPrompt, readPrompt } from './prompt.js';
import type { FakeWords } from './words.js';
import { fakeWordsEn } from './words-en.js';
import { fakeWordsZh } from './words-zh.js';

const fakeWords: Record<Language, FakeWords> = { zh: fakeWordsZh, en: fakeWordsEn };

/** Returns a valid plan for the waking hours of the prompt, the same for the same prompt. */
export function fakePlan(prompt: string): PlanDraft {
  const read = readPrompt(prompt);
  const random = seededRandom('fake gemini', prompt);
  const words = fakeWords[read.language];
  const planned = read.workday ? words.workday : words.freeDay;
  const times = timesOf(read, planned.length, random);
  const items = planned.map(([category, title, location, description], index): ItemDraft => {
    const social = category === 'social' && read.companions.length > 0;
    return {
      start: formatMinute(times[index] ?? read.wake),
      end: formatMinute(times[index + 1] ?? read.sleep),
      title,
      category,
      priority: category === 'work' ? 'high' : 'medium',
      location,
      description,
      companions: social ? [random.pick(read.companions)] : [],
      weatherAffected: false,
      emotionalTags: [random.pick(words.feelings)],
      interactionPotential: random.pick(['low', 'medium', 'high']),
    };
  });
  const titles = items.map(({ title }) => title);
  return { summary: words.summary(read.name, titles), items };
}

/** Returns one text for each slot of the prompt, without the last `omitted` ones. */
export function fakeChapter(prompt: string, omitted: number): ChapterDraft {
  const read = readPrompt(prompt);
  const random = seededRandom('fake gemini', prompt);
  const words = fakeWords[read.language];
  const details = random.shuffle(words.details);
  const messages = random.shuffle(words.messages);
  const space = read.language === 'zh' ? '' : ' ';
  const slots = read.slots.slice(0, read.slots.length - omitted);
  const texts = slots.map((slot, index) => {
    const opening = random.pick(words.openings)(slot.title, read.name);
    const seen = [2 * index, 2 * index + 1].map((each) => details[each % details.length]);
    return {
      content: [opening, ...seen].join(space),
      emotions: random.shuffle(words.feelings).slice(0, 2),
      thoughts: random.pick(words.thoughts),
      interaction: slot.wantsMessage ? (messages[index % messages.length] ?? null) : null,
    };
  });
  return { texts };
}

/** Returns the start of each item and the end of the last: about equal parts, rounded to 5 minutes. */
function timesOf({ wake, sleep }: ReadPrompt, count: number, random: Random): number[] {
  const part = (sleep - wake) / count;
  return Array.from({ length: count + 1 }, (_, index) => {
    if (index === 0) return wake;
    if (index === count) return sleep;
    return 5 * Math.round((wake + part * (index + 0.4 * (random.next() - 0.5))) / 5);
  });
}
