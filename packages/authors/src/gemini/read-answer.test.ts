import type { BlockedReason, FinishReason } from '@google/genai';
import { describe, expect, test } from '@jest/globals';
import type { ErrorCode, TexasError } from '@texas-ai/kernel';
import { type Answer, readAnswer, usageOf } from './read-answer.js';

function answer(text: string | undefined, finishReason = 'STOP'): Answer {
  const parts = text === undefined ? [] : [{ text }];
  return { candidates: [{ content: { parts }, finishReason: finishReason as FinishReason }] };
}

const refused = (blockReason: string): Answer => ({
  promptFeedback: { blockReason: blockReason as BlockedReason },
});

describe('readAnswer', () => {
  test('joins the parts of the text without the thinking', () => {
    const parts = [{ text: 'Let me see', thought: true }, { text: '{"a":' }, { text: '1}' }];
    expect(readAnswer({ candidates: [{ content: { parts } }] })).toEqual({ a: 1 });
  });

  test.each<[string, Answer, ErrorCode]>([
    ['a blocked prompt', refused('OTHER'), 'author_blocked'],
    ['a prompt blocked for a new reason', refused('MODEL_ARMOR'), 'author_blocked'],
    ...['SAFETY', 'PROHIBITED_CONTENT', 'BLOCKLIST', 'SPII', 'RECITATION'].map(
      (reason): [string, Answer, ErrorCode] => [reason, answer('{}', reason), 'author_blocked'],
    ),
    ['a truncated text', answer('{"a":1}', 'MAX_TOKENS'), 'author_output_truncated'],
    [
      'a text that could be continued',
      answer('{"a":1}', 'CONTINUATION'),
      'author_output_truncated',
    ],
    [
      'thinking that used up the tokens',
      answer(undefined, 'MAX_TOKENS'),
      'author_output_truncated',
    ],
    ['an empty text', answer(' '), 'author_invalid_output'],
    ['no parts', answer(undefined), 'author_invalid_output'],
    ['no candidates', {}, 'author_invalid_output'],
    ['no JSON', answer('Sure! {"a":'), 'author_invalid_output'],
  ])('%s', (_, given, code) => {
    let failure: unknown;
    try {
      readAnswer(given);
    } catch (error) {
      failure = error;
    }
    expect((failure as TexasError | undefined)?.code).toBe(code);
    expect(String(failure)).not.toContain('Sure!');
  });
});

describe('usageOf', () => {
  test('counts thinking as output', () => {
    const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 4, thoughtsTokenCount: 3 };
    expect(usageOf({ usageMetadata })).toEqual({ inputTokens: 10, outputTokens: 7 });
    const modelVersion = 'gemini-3.5-flash-lite';
    expect(usageOf({ usageMetadata, modelVersion })).toMatchObject({ model: modelVersion });
  });

  test('counts missing fields as 0, and returns undefined without metadata', () => {
    expect(usageOf({ usageMetadata: { promptTokenCount: 10 } })).toEqual({
      inputTokens: 10,
      outputTokens: 0,
    });
    expect(usageOf({})).toBeUndefined();
  });
});
