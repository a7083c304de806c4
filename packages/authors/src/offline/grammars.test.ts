import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { grammarOf, readGrammar } from './grammars.js';

describe('readGrammar', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'texas-grammar-'));
    cpSync(fileURLToPath(new URL('grammars/en', import.meta.url)), folder, { recursive: true });
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  test.each([
    ['beats.yml', '{she} fetches', '{he} fetches', 'personal.start.6: unknown placeholder {he}'],
    ['emotions.yml', '"calm"', '"{she}"', 'personal.0: unknown placeholder {she}'],
    ['sentences.yml', '{Clause}.', '{Clause', 'plain: unknown placeholder {Clause'],
    [
      'sentences.yml',
      '{name} says',
      '{nAme} says',
      'companionSpeaks.0: unknown placeholder {nAme}',
    ],
    ['weather.yml', 'hot:', 'warm:', 'hot: Invalid input: expected array, received undefined'],
    ['weather.yml', 'hot:', 'hot: [', 'YAMLParseError: Block collections are not allowed'],
  ])('names the file, the path and the problem (%s: %s)', (name, before, after, problem) => {
    const file = join(folder, name);
    writeFileSync(file, readFileSync(file, 'utf8').replace(before, after));
    expect(() => readGrammar(folder)).toThrow(`${file}: ${problem}`);
  });

  test('names a missing file', () => {
    rmSync(join(folder, 'beats.yml'));
    expect(() => readGrammar(folder)).toThrow(`${join(folder, 'beats.yml')}: Error: ENOENT`);
  });
});

test('templates capitalize where the placeholder is capitalized, and take turns', () => {
  const { withSurroundings } = grammarOf({ language: 'en' }).sentences;
  const values = { clause: 'she nods', surroundings: 'rain falls' };
  expect(withSurroundings(values, 0)).toBe('She nods, and rain falls.');
  expect(withSurroundings(values, 3)).toBe('Rain falls, and she nods.');
  expect(withSurroundings(values, 6)).toBe('She nods, and rain falls.');
});
