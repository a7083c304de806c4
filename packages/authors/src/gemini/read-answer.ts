import type { GenerateContentResponse } from '@google/genai';
import { TexasError } from '@texas-ai/kernel';
import { authorFailure, type CallUsage } from '@texas-ai/life';
import { parseAnswer } from '../parse-answer.js';

/** The part of an answer that is read. */
export type Answer = Pick<
  GenerateContentResponse,
  'candidates' | 'promptFeedback' | 'usageMetadata' | 'modelVersion'
>;

const blockedReasons: ReadonlySet<string> = new Set([
  'SAFETY',
  'PROHIBITED_CONTENT',
  'BLOCKLIST',
  'SPII',
  'RECITATION',
]);

/** CONTINUATION: Gemini would go on in further calls, each of them billed, which we do not make. */
const cutReasons: ReadonlySet<string> = new Set(['MAX_TOKENS', 'CONTINUATION']);

/**
 * The JSON that an answer carries, parsed but not validated. Throws `author_blocked` where a filter
 * stopped it, `author_output_truncated` where it is cut off (what came of it is never repaired), and
 * `author_invalid_output` where `parseAnswer` cannot read it.
 */
export function readAnswer({ candidates, promptFeedback }: Answer): unknown {
  const candidate = candidates?.[0];
  const reason = promptFeedback?.blockReason ?? candidate?.finishReason;
  if (promptFeedback?.blockReason !== undefined || (reason && blockedReasons.has(reason))) {
    throw new TexasError('author_blocked', 'A filter of Gemini stopped the text.', {
      details: { reason },
    });
  }
  if (reason && cutReasons.has(reason)) {
    throw authorFailure(
      'author_output_truncated',
      'The answer was cut off at the model’s output limit, which its thoughts count towards.',
      { details: { reason } },
    );
  }
  const spoken = (candidate?.content?.parts ?? []).filter(({ thought }) => thought !== true);
  const text = spoken.map((part) => part.text ?? '').join('');
  return parseAnswer(text);
}

/** What an answer was billed for, thinking included; undefined where it does not say. */
export function usageOf({ usageMetadata, modelVersion }: Answer): CallUsage | undefined {
  if (!usageMetadata) return undefined;
  const { promptTokenCount = 0, candidatesTokenCount = 0, thoughtsTokenCount = 0 } = usageMetadata;
  return {
    inputTokens: promptTokenCount,
    outputTokens: candidatesTokenCount + thoughtsTokenCount,
    ...(modelVersion !== undefined && { model: modelVersion }),
  };
}
