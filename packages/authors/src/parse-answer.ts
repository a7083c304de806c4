import { TexasError } from '@texas-ai/kernel';
import { JsonProblem, type ReadValue, readJson } from './lenient-json.js';

/**
 * The one JSON object or list of an author's answer, for every author that answers in text: there
 * may be words, a Markdown fence or thinking around it, and JSON of the lenient kind in it. Parsed
 * but not validated. Throws `author_invalid_output` where the JSON breaks off, is damaged or is more
 * than one: what an author did not finish is never taken for what it wrote.
 */
export function parseAnswer(text: string): unknown {
  const whole = wholeAnswer(text.trim());
  if (whole) return typeof whole.value === 'string' ? parseAnswer(whole.value) : whole.value;
  const answer = withoutThinking(text);
  if (answer.trim() === '') throw invalid('The answer was empty.');
  let worst: JsonProblem | undefined;
  let at = answer.search(opening);
  for (let attempts = 0; at >= 0 && attempts < maxAttempts; attempts += 1) {
    const read = attempt(answer, at);
    if (read instanceof JsonProblem) {
      if (!worst || read.at > worst.at) worst = read;
    } else if (saysSomething(read.value)) {
      return onlyValue(answer, at, read);
    }
    const end = groupEnd(answer, at);
    if (end === undefined) break;
    const next = answer.slice(end).search(opening);
    at = next < 0 ? next : end + next;
  }
  throw invalid(
    worst ? `The answer was not valid JSON: ${worst.message}.` : 'The answer has no JSON.',
  );
}

const opening = /[{[]/;
/** Brackets in the words before an answer that are looked at; each may take the whole text. */
const maxAttempts = 50;

/** What an answer is that is nothing but a value, perhaps JSON written as a string of JSON. */
function wholeAnswer(text: string): ReadValue | undefined {
  if (!/^[{["]/.test(text)) return undefined;
  const read = attempt(text, 0);
  return read instanceof JsonProblem || read.end < text.length ? undefined : read;
}

function attempt(text: string, at: number): ReadValue | JsonProblem {
  try {
    return readJson(text, at);
  } catch (error) {
    if (error instanceof JsonProblem) return error;
    throw error;
  }
}

/** Whether it can be an answer, and is not a mark such as `[1]` or `{}` in the words around one. */
function saysSomething(value: unknown): boolean {
  const parts = Array.isArray(value) ? value.filter((each) => typeof each === 'object') : value;
  return typeof parts === 'object' && parts !== null && Object.keys(parts).length > 0;
}

/** What follows the thinking of a model; some servers swallow the tag that begins it. */
function withoutThinking(text: string): string {
  const end = /<\/(?:think|thinking|thought|reasoning)>/i.exec(text);
  const begun = /^\s*<(?:think|thinking|thought|reasoning)>/i.test(text);
  if (!end) return begun ? '' : text;
  return begun || !hasJson(text.slice(0, end.index)) ? text.slice(end.index + end[0].length) : text;
}

/** The value, if there are only words around it. */
function onlyValue(answer: string, start: number, { value, end }: ReadValue): unknown {
  for (const words of [answer.slice(0, start), answer.slice(end)]) {
    if (!hasJson(words)) continue;
    throw invalid('The answer was not valid JSON: there is more than one value, or a part of one.');
  }
  return value;
}

/** Whether there are brackets without their other half, or a key with its value or its object. */
function hasJson(words: string): boolean {
  return !isBalanced(words) || /["'”’]\s*[:：]\s*["'“‘[{]|\{\s*[\w$"'“‘]+\s*[:：]/.test(words);
}

function isBalanced(words: string): boolean {
  for (let at = words.search(/[{}[\]]/); at >= 0; ) {
    const end = groupEnd(words, at);
    if (end === undefined) return false;
    const next = words.slice(end).search(/[{}[\]]/);
    at = next < 0 ? next : end + next;
  }
  return true;
}

/** Index behind the bracket that closes the one there; undefined where there is none. */
function groupEnd(text: string, start: number): number | undefined {
  const awaited: string[] = [];
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{') awaited.push('}');
    else if (character === '[') awaited.push(']');
    else if ((character === '}' || character === ']') && awaited.pop() !== character)
      return undefined;
    if (awaited.length === 0) return at + 1;
  }
  return undefined;
}

function invalid(message: string): TexasError {
  return new TexasError('author_invalid_output', message);
}
