import { TexasError } from '@texas-ai/kernel';
import { JsonSyntaxError, type ReadValue, readJson } from './lenient-json.js';

/**
 * Extracts the single JSON object or array from an author's answer, for every author that answers in text.
 * Prose, a Markdown fence or thinking may surround it, and it may be lenient JSON (`readJson`). The value is
 * not validated. Throws `author_invalid_output` if the JSON is truncated, damaged or ambiguous: part of an
 * answer is never mistaken for the whole.
 */
export function parseAnswer(text: string): unknown {
  const whole = wholeAnswer(text.trim());
  if (whole) return typeof whole.value === 'string' ? parseAnswer(whole.value) : whole.value;
  const answer = withoutThinking(text);
  if (answer.trim() === '') throw invalid('The answer was empty.');
  let furthest: JsonSyntaxError | undefined;
  let at = answer.search(opening);
  for (let attempts = 0; at >= 0 && attempts < maxAttempts; attempts += 1) {
    const read = attempt(answer, at);
    if (read instanceof JsonSyntaxError) {
      if (!furthest || read.at > furthest.at) furthest = read;
    } else if (hasContent(read.value)) {
      return onlyValue(answer, at, read);
    }
    const end = groupEnd(answer, at);
    if (end === undefined) break;
    const next = answer.slice(end).search(opening);
    at = next < 0 ? next : end + next;
  }
  throw invalid(
    furthest
      ? `The answer was not valid JSON: ${furthest.message}.`
      : 'The answer contains no JSON.',
  );
}

const opening = /[{[]/;
/** Bounds the work: each bracket before the answer may cause a pass over the whole text. */
const maxAttempts = 50;

/** The value if the answer consists of nothing else; may be JSON encoded as a JSON string. */
function wholeAnswer(text: string): ReadValue | undefined {
  if (!/^[{["]/.test(text)) return undefined;
  const read = attempt(text, 0);
  return read instanceof JsonSyntaxError || read.end < text.length ? undefined : read;
}

function attempt(text: string, at: number): ReadValue | JsonSyntaxError {
  try {
    return readJson(text, at);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error;
    throw error;
  }
}

/** False for values such as `[1]` or `{}` in the prose around an answer. */
function hasContent(value: unknown): boolean {
  const parts = Array.isArray(value) ? value.filter((each) => typeof each === 'object') : value;
  return typeof parts === 'object' && parts !== null && Object.keys(parts).length > 0;
}

/** The answer without the model's thinking; some servers drop the opening tag. */
function withoutThinking(text: string): string {
  const end = /<\/(?:think|thinking|thought|reasoning)>/i.exec(text);
  const opened = /^\s*<(?:think|thinking|thought|reasoning)>/i.test(text);
  if (!end) return opened ? '' : text;
  return opened || !hasJson(text.slice(0, end.index))
    ? text.slice(end.index + end[0].length)
    : text;
}

/** Returns the value if only prose or repetitions of it surround it. */
function onlyValue(answer: string, start: number, { value, end }: ReadValue): unknown {
  const after = answer.slice(end).split(answer.slice(start, end));
  for (const prose of [answer.slice(0, start), ...after]) {
    if (!hasJson(prose)) continue;
    throw invalid('The answer was not valid JSON: there is more than one value, or a part of one.');
  }
  return value;
}

/** Whether prose contains remains of JSON: unbalanced brackets, or a key with a value. */
function hasJson(prose: string): boolean {
  return !isBalanced(prose) || /["'”’]\s*[:：]\s*["'“‘[{]|\{\s*[\w$"'“‘]+\s*[:：]/.test(prose);
}

function isBalanced(prose: string): boolean {
  for (let at = prose.search(/[{}[\]]/); at >= 0; ) {
    const end = groupEnd(prose, at);
    if (end === undefined) return false;
    const next = prose.slice(end).search(/[{}[\]]/);
    at = next < 0 ? next : end + next;
  }
  return true;
}

/** Index after the bracket that closes the one at `start`; undefined if none does. */
function groupEnd(text: string, start: number): number | undefined {
  const closing: string[] = [];
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{') closing.push('}');
    else if (character === '[') closing.push(']');
    else if ((character === '}' || character === ']') && closing.pop() !== character)
      return undefined;
    if (closing.length === 0) return at + 1;
  }
  return undefined;
}

function invalid(message: string): TexasError {
  return new TexasError('author_invalid_output', message);
}
