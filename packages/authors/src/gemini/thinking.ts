import type { ThinkingLevel } from '@google/genai';

/**
 * The thinking level that a model is asked for: the lowest it accepts, since writing a day needs little
 * reasoning and thoughts are billed as output. Read from the provider's model pages on 2026-11-30. A
 * model that is not listed is asked for none, so that its own default applies.
 */
const levels: Readonly<Record<string, keyof typeof ThinkingLevel>> = {
  'gemini-3.1-flash-lite': 'MINIMAL',
  'gemini-3.5-flash-lite': 'MINIMAL',
  // These answer 400 to MINIMAL.
  'gemini-3.7-flash': 'LOW',
  'gemini-3.8-flash': 'LOW',
  'gemini-4-argon': 'LOW',
  'gemini-4-hydrogen': 'LOW',
  'gemini-4-neon': 'LOW',
};

export function thinkingLevelOf(model: string): keyof typeof ThinkingLevel | null {
  return Object.hasOwn(levels, model) ? (levels[model] ?? null) : null;
}
