// A parser for JSON as models write it: comments, trailing or missing commas, other quotation marks, unquoted
// keys, line breaks inside strings, Python's constants. It is a fixed grammar rather than a repairer such as
// jsonrepair, which guesses where a string ends and closes truncated answers, and so invents content.

/** The message gives the reason and the position, and never quotes the text. */
export class JsonSyntaxError extends Error {
  /** `at` is an index into the text. */
  constructor(
    reason: string,
    readonly at: number,
  ) {
    super(`${reason} at character ${at + 1}`);
  }
}

export interface ReadValue {
  value: unknown;
  /** Index after the value. */
  end: number;
}

const maxDepth = 32;

// A comment contains no quotation mark: otherwise it may be a string that lost its opening one.
const comment = String.raw`\/\/[^\n"]*(?=\n)|\/\*[^"]*?\*\/`;
const space = new RegExp(String.raw`(?:[\s\p{Cf}]|${comment})*`, 'uy');
const separator = new RegExp(String.raw`(?:[\s\p{Cf},，]|${comment})*`, 'uy');
const word = /[\p{L}\p{N}_$+.-]+/uy;
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const fourDigits = /[0-9a-f]{4}/iy;

const closingMarks = new Map([
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['‘', '’'],
  ['＂', '＂'],
]);

const escapes = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

const constants = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['none', null],
  ['undefined', null],
]);

/** Reads the value that starts at index `start`. Throws a `JsonSyntaxError`. */
export function readJson(text: string, start: number): ReadValue {
  let at = start;

  function take(pattern: RegExp): string {
    pattern.lastIndex = at;
    const taken = pattern.exec(text)?.[0] ?? '';
    at += taken.length;
    return taken;
  }

  function expected(what: string): JsonSyntaxError {
    return new JsonSyntaxError(at < text.length ? `${what} is missing` : 'unexpected end', at);
  }

  function value(depth: number): unknown {
    if (depth > maxDepth) throw new JsonSyntaxError('too much nesting', at);
    const first = text[at] ?? '';
    if (first === '{') return object(depth);
    if (first === '[') return list(depth);
    return closingMarks.has(first) ? string() : constant();
  }

  function object(depth: number): unknown {
    const entries = new Map<string, unknown>();
    for (at += 1; ; ) {
      const between = take(separator);
      if (text[at] === '}') break;
      const quoted = closingMarks.has(text[at] ?? '');
      // Only before a quoted key, which its colon confirms, may the comma be missing.
      if (!quoted && entries.size > 0 && !hasComma(between)) throw expected('a comma');
      const key = quoted ? string() : take(word);
      if (key === '' && !quoted) throw expected('a key');
      if (entries.has(key)) throw new JsonSyntaxError('a duplicate key', at);
      take(space);
      if (text[at] !== ':' && text[at] !== '：') throw expected('a colon');
      at += 1;
      take(space);
      entries.set(key, value(depth + 1));
    }
    at += 1;
    return Object.fromEntries(entries);
  }

  function list(depth: number): unknown[] {
    const elements: unknown[] = [];
    for (at += 1; ; ) {
      const between = take(separator);
      if (text[at] === ']') break;
      // Two strings without a comma may be one string with quotation marks inside.
      const bracketed = text[at] === '{' || text[at] === '[';
      if (elements.length > 0 && !bracketed && !hasComma(between)) throw expected('a comma');
      elements.push(value(depth + 1));
    }
    at += 1;
    return elements;
  }

  function string(): string {
    const closingMark = closingMarks.get(text[at] ?? '');
    let read = '';
    for (at += 1; ; ) {
      const next = text[at];
      if (next === undefined) throw expected('the end of a string');
      at += 1;
      if (next === closingMark) return read;
      read += next === '\\' ? escaped() : next;
    }
  }

  function escaped(): string {
    const next = text[at] ?? '';
    at += 1;
    if (next === 'u') {
      const digits = take(fourDigits);
      if (digits === '') throw expected('a four-digit code');
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const known = escapes.get(next);
    if (known !== undefined) return known;
    // Punctuation stands for itself, as in Markdown; an unknown letter could mean anything.
    if (next === '' || /[\p{L}\p{N}]/u.test(next)) throw expected('a known escape');
    return next;
  }

  function constant(): unknown {
    const from = at;
    const written = take(word);
    const known = constants.get(written.toLowerCase());
    if (known !== undefined) return known;
    if (number.test(written) && Number.isFinite(Number(written))) return Number(written);
    at = from;
    throw expected('a value');
  }

  const read = value(0);
  return { value: read, end: at };
}

function hasComma(separating: string): boolean {
  return /[,，]/.test(separating);
}
