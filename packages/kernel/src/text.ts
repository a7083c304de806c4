const utf16Marks = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];
const replacement = '\ufffd';

/** The text, or the problem and its position, counted from 1. */
export type DecodedText =
  | { readonly text: string }
  | { readonly problem: string; readonly line: number; readonly column: number };

/** Decodes a hand-written file, which must be UTF-8 with or without a byte order mark. */
export function decodeText(bytes: Buffer): DecodedText {
  if (utf16Marks.some((mark) => mark.equals(bytes.subarray(0, mark.length)))) {
    return { problem: 'is UTF-16; save it as UTF-8', line: 1, column: 1 };
  }
  const text = bytes.toString('utf8');
  const invalid = firstInvalid(bytes, text);
  if (invalid !== undefined) {
    const problem = 'is not UTF-8 (perhaps GBK or Latin-1); save it as UTF-8';
    return { problem, ...positionOf(text, invalid) };
  }
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    const problem = 'contains a NUL character (perhaps it is UTF-16); save it as UTF-8 text';
    return { problem, ...positionOf(text, nul) };
  }
  // Some programs add another byte order mark on each save.
  return { text: text.replace(/^\ufeff+/, '') };
}

/** Invalid bytes are decoded as U+FFFD, which valid text may also contain. */
function firstInvalid(bytes: Buffer, text: string): number | undefined {
  const encoded = Buffer.from(replacement);
  for (let at = text.indexOf(replacement); at >= 0; at = text.indexOf(replacement, at + 1)) {
    const offset = Buffer.byteLength(text.slice(0, at));
    if (!encoded.equals(bytes.subarray(offset, offset + encoded.length))) return at;
  }
  return undefined;
}

function positionOf(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index).split('\n');
  return { line: before.length, column: [...(before.at(-1) ?? '')].length + 1 };
}

/** A string in a document that PostgreSQL cannot store. */
export interface UnstorableText {
  readonly path: readonly (string | number)[];
  readonly expected: string;
}

/** Returns all strings of a parsed document that cannot be stored: those with U+0000 or an unpaired surrogate. */
export function unstorableTexts(
  value: unknown,
  path: UnstorableText['path'] = [],
): UnstorableText[] {
  if (typeof value === 'string') {
    if (value.includes('\0')) return [{ path, expected: 'text without NUL characters (U+0000)' }];
    return value.isWellFormed() ? [] : [{ path, expected: 'text without unpaired surrogates' }];
  }
  if (Array.isArray(value)) {
    return value.flatMap((element, index) => unstorableTexts(element, [...path, index]));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    ...unstorableTexts(key, path).map((found) => ({
      ...found,
      expected: `a key that is ${found.expected}`,
    })),
    ...unstorableTexts(child, [...path, key]),
  ]);
}
