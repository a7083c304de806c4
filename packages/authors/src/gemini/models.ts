import type { GoogleGenAI, ThinkingLevel } from '@google/genai';

/**
 * The lowest thinking level of each model: writing a day needs little reasoning, and thinking is billed
 * as output. From the provider's model pages, 2026-11-30.
 */
const thinkingLevels: Readonly<Record<string, keyof typeof ThinkingLevel>> = {
  'gemini-3.1-flash-lite': 'MINIMAL',
  'gemini-3.5-flash-lite': 'MINIMAL',
  // These respond to MINIMAL with 400.
  'gemini-3.7-flash': 'LOW',
  'gemini-3.8-flash': 'LOW',
  'gemini-4-argon': 'LOW',
  'gemini-4-hydrogen': 'LOW',
  'gemini-4-neon': 'LOW',
};

/** The thinking level to request; null for an unlisted model, whose own default then applies. */
export function thinkingLevelOf(model: string): keyof typeof ThinkingLevel | null {
  return Object.hasOwn(thinkingLevels, model) ? (thinkingLevels[model] ?? null) : null;
}

const timeoutMs = 5_000;
/** Larger than the list, so that one page has all models. */
const pageSize = 200;

/** Models for something other than text, which support the same method. */
const otherKinds = /image|tts|audio|live|embedding|computer-use|robotics|veo|imagen/i;

/** The names of the models that write text and are listed for this key; null if listing fails. */
export async function availableModels(
  { models }: Pick<GoogleGenAI, 'models'>,
  signal: AbortSignal,
): Promise<string[] | null> {
  try {
    const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const { page } = await models.list({ config: { pageSize, abortSignal } });
    return page
      .filter(({ supportedActions }) => supportedActions?.includes('generateContent'))
      .flatMap(({ name }) => name?.replace(/^models\//, '') ?? [])
      .filter((name) => !otherKinds.test(name));
  } catch {
    // The list is optional: it only adds advice to a failure that is already known.
    return null;
  }
}
