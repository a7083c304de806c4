import type { GoogleGenAI } from '@google/genai';

const timeoutMs = 5_000;
/** More than there are; further pages are not asked for. */
const pageSize = 200;

/** Models that generate something other than text, or work otherwise, are listed with the same method. */
const otherKinds = /image|tts|audio|live|embedding|computer-use|robotics|veo|imagen/i;

/** The models that write text, by the provider's list for this key; null where it cannot be had soon. */
export async function usableModels(
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
    // Why the call failed is known already; the list only helps to mend it.
    return null;
  }
}
