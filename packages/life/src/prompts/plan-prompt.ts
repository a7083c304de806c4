import { formatMinute } from '@texas-ai/kernel';
import type { DayBrief } from '../day/brief.js';
import { daySection, profileSection, section, yesterdaySection } from './material.js';
import { type Prompt, promptWords } from './prompt.js';
import { whoOf } from './prompt-words.js';

/** The number of items to ask for. */
const minItems = 9;
const maxItems = 14;

/** The prompt for a plan of the waking hours, in the profile's language. */
export function planPrompt(brief: DayBrief): Prompt {
  const words = promptWords(brief.profile.language);
  const who = whoOf(brief.profile);
  const task = words.planTask(who, {
    wake: formatMinute(brief.wake),
    sleep: formatMinute(brief.sleep),
    minItems,
    maxItems,
  });
  return {
    system: words.planSystem(who),
    user: [
      profileSection(brief, words),
      daySection(brief, words),
      yesterdaySection(brief, words),
      section(words.headings.task, task),
    ].join('\n\n'),
  };
}
