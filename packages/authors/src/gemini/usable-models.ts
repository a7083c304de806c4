import type { GoogleGenAI } from '@google/genai';

const timeoutMs = 5_000;
/** More than there are; further pages are not asked for. */
const pageSize = 200;

/** The models that the key may write with, by the provider's list; null where it cannot be had soon. */
export async function usableModels(
  { models }: Pick<GoogleGenAI, 'models'>,
  signal: AbortSignal,
): Promise<string[] | null> {
  try {
    const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const { page } = await models.list({ config: { pageSize, abortSignal } });
    return page
      .filter(({ supportedActions }) => supportedActions?.includes('generateContent'))
      .flatMap(({ name }) => name?.replace(/^models\//, '') ?? []);
  } catch {
    // Why the call failed is known already; the list only helps to mend it.
    return null;
  }
}
