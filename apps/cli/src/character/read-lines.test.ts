import { expect, test } from '@jest/globals';
import { readLines } from './read-lines.js';

async function read(chunks: readonly Uint8Array[], maxLength?: number): Promise<string[]> {
  async function* all() {
    yield* chunks;
  }
  const lines: string[] = [];
  for await (const line of readLines(all(), maxLength)) lines.push(line);
  return lines;
}

const text = '第一行\n\nthird 🚚\nlast';

test.each([1, 2, 3, 5, 100])('returns the same lines for chunks of %d bytes', async (size) => {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  expect(await read(chunks)).toEqual(['第一行', '', 'third 🚚', 'last']);
});

test('an empty text has no lines, and a trailing line feed adds none', async () => {
  expect(await read([])).toEqual([]);
  expect(await read([Buffer.from('one\n')])).toEqual(['one']);
});

test.each<[string, Buffer[], RegExp]>([
  ['invalid UTF-8', [Buffer.from('a\n'), Buffer.from([0xff])], /Line 2: is not UTF-8/],
  ['UTF-16', [Buffer.from('\ufeff{}\n', 'utf16le')], /Line 1: is not UTF-8 \(perhaps UTF-16/],
  [
    'invalid UTF-8 after valid lines',
    [Buffer.from('a\nb\n\xb5\xc2', 'latin1')],
    /Line 3: is not UTF-8/,
  ],
  [
    'a character cut off by the end of its line',
    [Buffer.from([0xe7, 0x0a, 0x61])],
    /Line 1: is not/,
  ],
  [
    'a character cut off by the end of the text',
    [Buffer.from('a\nb\n'), Buffer.from([0xe7])],
    /Line 3: is not UTF-8/,
  ],
  [
    'a line that is too long',
    [Buffer.from('a\n'), Buffer.from('123456'), Buffer.from('789')],
    /Line 2: is l/,
  ],
])('reports the line of %s', async (_name, chunks, sentence) => {
  await expect(read(chunks, 8)).rejects.toMatchObject({
    code: 'import_invalid',
    message: expect.stringMatching(sentence),
  });
});

test('reads no further than requested', async () => {
  let chunks = 0;
  async function* endless() {
    for (;;) {
      chunks += 1;
      yield Buffer.from('line\nline\n');
    }
  }
  const lines = readLines(endless());
  for (let taken = 0; taken < 10; taken += 1) await lines.next();
  expect(chunks).toBe(5);
});
