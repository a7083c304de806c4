import type { Language, Profile } from '@texas-ai/life';
import { english } from './en/index.js';
import type { Grammar } from './grammar.js';
import { chinese } from './zh/index.js';

const grammars: Record<Language, Grammar> = { zh: chinese, en: english };

export function grammarOf(profile: Pick<Profile, 'language'>): Grammar {
  return grammars[profile.language];
}
