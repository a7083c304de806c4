import { describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import fc from 'fast-check';
import { parseAnswer } from './parse-answer.js';

/** The value of a text; undefined for `author_invalid_output`. */
function read(text: string): unknown {
  try {
    return parseAnswer(text);
  } catch (error) {
    if (error instanceof TexasError && error.code === 'author_invalid_output') return undefined;
    throw error;
  }
}

function refusal(text: string): string {
  try {
    return `read as ${JSON.stringify(parseAnswer(text))}`;
  } catch (error) {
    return error instanceof TexasError ? `${error.code}: ${error.message}` : String(error);
  }
}

const answer = {
  texts: [{ content: 'She drives. “Left,” it’s said.', tags: ['a', 'b'], to: null }],
};
const json = JSON.stringify(answer);
const pretty = JSON.stringify(answer, null, 2);

describe('a complete answer', () => {
  test.each<[string, string]>([
    ['plain', json],
    ['a fence', `\`\`\`json\n${pretty}\n\`\`\``],
    ['a fence without a language', `\`\`\`\n${json}\n\`\`\``],
    ['a fence that is not closed', `\`\`\`json\n${json}`],
    ['a second, identical fence', `\`\`\`\n${json}\n\`\`\`\nAgain:\n\`\`\`\n${json}\n\`\`\``],
    ['words before it', `Sure! Here's the [short] plan, as "agreed":\n${json}`],
    ['words after it', `${json}\n\nLet me know if you'd like changes {or not} [1].`],
    ['brackets in the words', `{} [1] ${json}`],
    ['a byte order mark', `\ufeff${json}`],
    ['thinking', `<think>\nMaybe {"texts": []}?\n</think>\n\n${json}`],
    ['thinking without an opening tag', `They want "texts": two.\n</think>${json}`],
    ['tags', `<answer>${json}</answer>`],
    ['an assignment', `const day = ${json};`],
    ['JSON in a string', JSON.stringify(json)],
    ['JSON in a string in a fence', `\`\`\`\n${json}\n\`\`\``],
  ])('with %s', (_, text) => expect(read(text)).toEqual(answer));

  test.each<[string, string, unknown]>([
    ['trailing commas', '{"a":[1,2,],"b":{"c":3,},}', { a: [1, 2], b: { c: 3 } }],
    ['two commas', '[{"a":1},,{"b":2}]', [{ a: 1 }, { b: 2 }]],
    ['no comma between objects', '[{"a":1}\n{"b":2}]', [{ a: 1 }, { b: 2 }]],
    ['no comma before a key', '{"a":"x"\n"b":"y"}', { a: 'x', b: 'y' }],
    ['comments', '{// the first\n"a":1,/* the\nsecond */"b":2}', { a: 1, b: 2 }],
    ['single quotation marks', `{'a':'say "no"','b':'it\\'s'}`, { a: 'say "no"', b: "it's" }],
    ['typographic quotation marks', '{“a”：“x”，“b”：[“y”，“z”]}', { a: 'x', b: ['y', 'z'] }],
    ['unquoted keys', '{a:1,emotional_tags:["x"]}', { a: 1, emotional_tags: ['x'] }],
    ["Python's constants", '{"a":None,"b":True,"c":False}', { a: null, b: true, c: false }],
    ['line breaks in a string', '{"a":"one\ntwo\tthree"}', { a: 'one\ntwo\tthree' }],
    ['unnecessary escapes', String.raw`{"a":"it\'s 5\% \/ \_x\_"}`, { a: "it's 5% / _x_" }],
    ['invisible characters', '\u200b{\u200b"a"\u200b:\u00a01}\u200b', { a: 1 }],
    [
      'text that looks like a comment',
      '{"a":"http://b // c /* d */"}',
      { a: 'http://b // c /* d */' },
    ],
    ['a text about thinking', '{"a":"<think>b</think> c"}', { a: '<think>b</think> c' }],
    ['a key of any name', '{"__proto__":1}', JSON.parse('{"__proto__":1}')],
  ])('with %s', (_, text, value) => {
    const read = parseAnswer(text);
    expect(JSON.stringify(read)).toBe(JSON.stringify(value));
  });
});

describe('an ambiguous answer is refused with a reason', () => {
  test.each<[string, string, RegExp]>([
    ['nothing', ' \n', /empty/],
    ['words', 'I cannot help with that.', /no JSON/],
    ['a number', '42', /no JSON/],
    ['words in a string', '"Sorry."', /no JSON/],
    ['a truncated value', '{"a":{"b":"c"}', /unexpected end at character 15/],
    ['a list truncated after an object', '[{"a":"b"}', /unexpected end/],
    ['a truncated fence', '```json\n{"a":[{"b":"c"},{"d":"e"}\n```', /is missing|unexpected end/],
    ['a truncated string', '{"a":"b', /unexpected end/],
    ['a missing beginning', '"a":"x","b":[{"c":1}]}', /a part of one/],
    ['both ends missing', '"a":"x","b":[{"c":1}]', /a part of one/],
    ['two values', '{"a":1} or {"a":2}', /more than one/],
    ['two values with unquoted keys', '{a:1}\n{a:2}', /more than one/],
    ['a readable value and a damaged one', '{"a":"x"}{"a":"y}', /more than one/],
    ['thinking without an answer', '<think>{"a":1}</think>', /empty/],
    ['JSON that may be thinking', 'Maybe {"a":1}</think>{"a":2}', /more than one/],
    ['truncated thinking', '<think>Say {"a":1}', /empty/],
    ['thinking and a truncated answer', '<think>{"a":1}</think>{"a":', /unexpected end/],
    ['a quotation mark inside a string', '{"a":"say "no" again","b":1}', /missing at character/],
    ['a string without its end', '{"a":"x, "b":"y"}', /missing at character/],
    ['a string without its beginning', '{"a":x","b":"y"}', /missing at character/],
    ['a comment that may be a string', '["calm",//tired",\n"b"]', /missing at character/],
    ['strings without a comma', '[{"a":["x" "y"]}]', /a comma is missing/],
    ['a duplicate key', '{"a":"x","a":"y"}', /duplicate/],
    ['an ellipsis', '{"a":[{"b":1},...]}', /a value is missing/],
    ['an unknown escape', String.raw`{"a":"C:\dir"}`, /escape/],
    ['a short code', String.raw`{"a":"\u12"}`, /four-digit code/],
    ['a mismatched bracket', '{"a":[1}}', /missing/],
    ['an infinite number', '{"a":1e999}', /a value is missing/],
    ['a repetition inside another value', '{"a":"x"} [{"a":"x"}]', /more than one/],
    ['a truncated repetition', '{"a":"x"}\n{"a":"x"', /more than one/],
    ['a bare word', '{"a":work}', /a value is missing/],
    ['too much nesting', '['.repeat(100_000), /nesting/],
  ])('%s', (_, text, reason) => {
    expect(refusal(text)).toMatch(/^author_invalid_output: /);
    expect(refusal(text)).toMatch(reason);
  });

  test('the reason does not quote the answer', () => {
    expect(refusal('{"a":"secret" secret')).not.toContain('secret');
  });
});

const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }) },
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc
    .array(
      fc.constantFrom(
        '"',
        "'",
        '“',
        '”',
        '{',
        '}',
        '[',
        ']',
        ',',
        '，',
        ':',
        '//',
        '/*',
        '\\',
        '\n',
        ' ',
        'a',
        '无',
        'null',
        '</think>',
        '```',
      ),
      { maxLength: 8 },
    )
    .map((pieces) => pieces.join('')),
);
const slot = fc.record({
  content: text,
  emotions: fc.array(text, { maxLength: 3 }),
  thoughts: text,
  interaction: fc.option(text),
});
/** Answers with the structure of a chapter and arbitrary texts. */
const anyAnswer = fc.record({ texts: fc.array(slot, { minLength: 1, maxLength: 3 }) });
const indent = fc.constantFrom(undefined, 2);

describe('any answer', () => {
  test('in JSON is read as JSON.parse reads it', () => {
    const value = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), anyAnswer);
    fc.assert(
      fc.property(value, indent, (value, space) => {
        const written = JSON.stringify(value, null, space);
        expect(JSON.stringify(parseAnswer(written))).toBe(JSON.stringify(JSON.parse(written)));
      }),
    );
  });

  test('is the same in any wrapping', () => {
    const wrappings: ((written: string) => string)[] = [
      (written) => `\`\`\`json\n${written}\n\`\`\``,
      (written) => `Here you are:\n\n${written}\n\nEnjoy [the day]!`,
      (written) => `\ufeff${written}\n`,
      (written) => written.replace(/\}$/, ',}'),
      (written) => written.replace(/^\{/, '{ // a day\n'),
      (written) => JSON.stringify(written),
    ];
    fc.assert(
      fc.property(anyAnswer, indent, fc.constantFrom(...wrappings), (value, space, wrap) => {
        const written = JSON.stringify(value, null, space);
        expect(parseAnswer(wrap(written))).toEqual(value);
      }),
    );
  });

  test('truncated anywhere is refused', () => {
    const beginnings = fc.constantFrom('', '```json\n', 'Sure [1]:\n', '<think>{"a":1}</think>');
    const shape = fc.constantFrom<(value: { texts: unknown[] }) => unknown>(
      (value) => value,
      (value) => ({ result: value }),
      ({ texts }) => texts,
    );
    fc.assert(
      fc.property(
        anyAnswer,
        indent,
        beginnings,
        shape,
        fc.nat(),
        (value, space, before, as, at) => {
          const written = JSON.stringify(as(value), null, space);
          expect(read(before + written.slice(0, at % written.length))).toBeUndefined();
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('with one structural character lost, doubled or replaced is the same or refused', () => {
    let same = 0;
    const sign = fc.constantFrom('', '"', "'", '{', '}', '[', ']', ',', ':', ' ', '\\', '//');
    fc.assert(
      fc.property(
        anyAnswer,
        indent,
        fc.nat(),
        sign,
        fc.boolean(),
        (value, space, n, sign, keep) => {
          const written = JSON.stringify(value, null, space);
          const places = structure(written);
          const at = places[n % places.length] ?? 0;
          const damaged = written.slice(0, at) + sign + written.slice(keep ? at : at + 1);
          const found = read(damaged);
          if (found === undefined) return;
          same += 1;
          // Damaged JSON may be valid with another meaning, which cannot be detected.
          expect(found).toEqual(strict(damaged) ?? value);
        },
      ),
      { numRuns: 3_000 },
    );
    expect(same).toBeGreaterThan(100);
  });
});

/** The indices of structural characters, quotation marks included. */
function structure(written: string): number[] {
  const places: number[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;
  for (const { 0: found, index } of written.matchAll(token)) {
    places.push(index, index + found.length - 1);
  }
  return places;
}

function strict(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}
