import type { Language } from '../character/profile.js';
import type { PromptWords } from './prompt-words.js';
import { wordsEn } from './words-en.js';
import { wordsZh } from './words-zh.js';

/** Stored with every generation. Change it whenever the wording of a prompt changes. */
export const promptVersion = 'prompts-1';

export interface Prompt {
  /** The role and the rules of writing. */
  system: string;
  /** The material and the task. */
  user: string;
}

const words: Record<Language, PromptWords> = { zh: wordsZh, en: wordsEn };

export function promptWords(language: Language): PromptWords {
  return words[language];
}

/**
 * Wraps data in tags of this name. Angle brackets in the data are replaced, so that it can neither close
 * the tags nor open others.
 */
export function quoted(tag: string, lines: readonly string[]): string {
  const text = lines.join('\n').replaceAll('<', '‹').replaceAll('>', '›');
  return `<${tag}>\n${text}\n</${tag}>`;
}

/** Joins the lines of a text, so that it fits into one line of a list. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

const maxProblems = 20;

/** The prompt, followed by the problems of the previous answer, if there are any. */
export function withProblems(
  prompt: Prompt,
  problems: readonly string[],
  language: Language,
): Prompt {
  if (problems.length === 0) return prompt;
  const list = problems.slice(0, maxProblems).map((problem) => `- ${problem}`);
  const { before, after } = promptWords(language).askAgain;
  return {
    system: prompt.system,
    user: [prompt.user, before, quoted('problems', list), after].join('\n\n'),
  };
}
