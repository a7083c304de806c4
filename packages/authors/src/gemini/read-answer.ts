import type { GenerateContentResponse } from '@google/genai';
import { TexasError } from '@texas-ai/kernel';
import { authorFailure, type CallUsage } from '@texas-ai/life';
import { parseAnswer } from '../parse-answer.js';

/** The parts of a response that are read. */
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

/** CONTINUATION asks for further calls, each of them billed, which are not made. */
const truncatedReasons: ReadonlySet<string> = new Set(['MAX_TOKENS', 'CONTINUATION']);

/**
 * The JSON of an answer, not validated. Throws `author_blocked` if a filter blocked it,
 * `author_output_truncated` if it is cut off (it is never repaired), and `author_invalid_output` if
 * `parseAnswer` cannot read it.
 */
export function readAnswer({ candidates, promptFeedback }: Answer): unknown {
  const candidate = candidates?.[0];
  const reason = promptFeedback?.blockReason ?? candidate?.finishReason;
  if (promptFeedback?.blockReason !== undefined || (reason && blockedReasons.has(reason))) {
    throw new TexasError('author_blocked', 'A Gemini filter blocked the text.', {
      details: { reason },
    });
  }
  if (reason && truncatedReasons.has(reason)) {
    throw authorFailure(
      'author_output_truncated',
      'The answer was cut off at the model’s output limit, which includes its thinking.',
      { details: { reason } },
    );
  }
  const parts = (candidate?.content?.parts ?? []).filter(({ thought }) => thought !== true);
  return parseAnswer(parts.map(({ text }) => text ?? '').join(''));
}

/** The billed usage, thinking included; undefined if the response has none. */
export function usageOf({ usageMetadata, modelVersion }: Answer): CallUsage | undefined {
  if (!usageMetadata) return undefined;
  const { promptTokenCount = 0, candidatesTokenCount = 0, thoughtsTokenCount = 0 } = usageMetadata;
  return {
    inputTokens: promptTokenCount,
    outputTokens: candidatesTokenCount + thoughtsTokenCount,
    ...(modelVersion !== undefined && { model: modelVersion }),
  };
}
