import { describe, expect, test } from '@jest/globals';
import { decodeText, unstorableTexts } from './text.js';

describe('a text file', () => {
  test.each([
    ['', ''],
    ['id: texas\nname: 德克萨斯 🚚\n', 'id: texas\nname: 德克萨斯 🚚\n'],
    ['\ufeffid: texas\r\n', 'id: texas\r\n'],
    ['\ufeff\ufeffid: texas', 'id: texas'],
    ['one \ufffd that is really there', 'one \ufffd that is really there'],
  ])('%j is UTF-8', (written, text) => {
    expect(decodeText(Buffer.from(written))).toEqual({ text });
  });

  const utf16 = { problem: 'is UTF-16; save it as UTF-8', line: 1, column: 1 };

  test('in UTF-16 of either byte order is recognised by its mark', () => {
    const text = Buffer.from('\ufeffid: texas', 'utf16le');
    expect(decodeText(text)).toEqual(utf16);
    expect(decodeText(text.swap16())).toEqual(utf16);
  });

  test('in UTF-16 without a mark is recognised by its NUL characters', () => {
    expect(decodeText(Buffer.from('id: texas', 'utf16le'))).toEqual({
      problem: 'contains a NUL character (perhaps it is UTF-16); save it as UTF-8 text',
      line: 1,
      column: 2,
    });
  });

  test('in another encoding is rejected at the first invalid byte', () => {
    const gbk = Buffer.from([0xb5, 0xc2, 0xbf, 0xcb]);
    const notUtf8 = 'is not UTF-8 (perhaps GBK or Latin-1); save it as UTF-8';
    const at = (line: number, column: number) => ({ problem: notUtf8, line, column });
    expect(decodeText(gbk)).toEqual(at(1, 1));
    expect(decodeText(Buffer.concat([Buffer.from('a: 德🚚\ufffd\nname: '), gbk]))).toEqual(
      at(2, 7),
    );
    // An unpaired surrogate and a truncated character.
    expect(decodeText(Buffer.from([0x61, 0xed, 0xa0, 0xbd]))).toEqual(at(1, 2));
    expect(decodeText(Buffer.from('德').subarray(0, 2))).toEqual(at(1, 1));
  });
});

test('strings that cannot be stored are found at any depth', () => {
  const document = {
    name: 'a\0b',
    fine: ['🚚', '', 1, null, true],
    deep: [{ text: 'half \ud83d of it' }],
    '\udc00': 'key',
  };
  expect(unstorableTexts(document)).toEqual([
    { path: ['name'], expected: 'text without NUL characters (U+0000)' },
    {
      path: ['deep', 0, 'text'],
      expected: 'text without unpaired surrogates',
    },
    { path: [], expected: expect.stringMatching(/^a key that is text without unpaired/) },
  ]);
});
