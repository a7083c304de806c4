import type { Language } from '../character/profile.js';
import type { PromptWords } from './prompt-words.js';
import { wordsEn } from './words-en.js';
import { wordsZh } from './words-zh.js';

const words: Record<Language, PromptWords> = { zh: wordsZh, en: wordsEn };

export function promptWords(language: Language): PromptWords {
  return words[language];
}
