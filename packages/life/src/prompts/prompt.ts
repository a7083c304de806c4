import type { Language } from '../character/profile.js';
import { promptWords } from './languages.js';
import { quoted } from './quoted.js';

/** Recorded on every generation; changes with every change of a prompt's wording. */
export const promptVersion = 'prompts-1';

/** What a model is told: who it is and by which rules it writes, and what it is asked now. */
export interface Prompt {
  system: string;
  user: string;
}

const mostProblems = 20;

/**
 * The same question asked again, quoting what was wrong with the previous answer, one sentence
 * each. Without problems it is the prompt itself.
 */
export function withProblems(
  prompt: Prompt,
  problems: readonly string[],
  language: Language,
): Prompt {
  if (problems.length === 0) return prompt;
  const list = problems.slice(0, mostProblems).map((problem) => `- ${problem}`);
  const again = promptWords(language).askAgain;
  return {
    system: prompt.system,
    user: [prompt.user, again.before, quoted('problems', list), again.after].join('\n\n'),
  };
}
