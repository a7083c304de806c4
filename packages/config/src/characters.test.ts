import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readCharacterFiles } from './index.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'texas-characters-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, text: string | Buffer): void {
  mkdirSync(join(root, 'config/characters'), { recursive: true });
  writeFileSync(join(root, 'config/characters', name), text);
}

it('reads only YAML files, sorted by name', () => {
  write('texas.yml', 'id: texas\nname: {zh: 德克萨斯}\n');
  write('exusiai.yaml', 'id: exusiai\n');
  write('.hidden.yml', 'id: hidden\n');
  write('notes.md', 'text');
  expect(readCharacterFiles(root)).toEqual([
    { file: 'config/characters/exusiai.yaml', content: { id: 'exusiai' } },
    { file: 'config/characters/texas.yml', content: { id: 'texas', name: { zh: '德克萨斯' } } },
  ]);
});

it('reports file, line and column of all malformed files at once', () => {
  write('a.yml', 'id: a\nname: "open\n');
  write('b.yml', 'id: b\nid: c\n');
  expect(() => readCharacterFiles(root)).toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      details: {
        problems: [
          expect.stringMatching(/^config\/characters\/a\.yml:\d:\d: not valid YAML: Missing/),
          'config/characters/b.yml:2:1: not valid YAML: Map keys must be unique',
        ],
      },
    }),
  );
});

it('reads files with a byte order mark or CRLF', () => {
  write('texas.YML', '\ufeffid: texas\r\nname: |\r\n  德克萨斯\r\n  two\r\n');
  expect(readCharacterFiles(root)).toEqual([
    { file: 'config/characters/texas.YML', content: { id: 'texas', name: '德克萨斯\ntwo\n' } },
  ]);
});

it('reports file, line and column of other encodings', () => {
  write('a.yml', Buffer.concat([Buffer.from('id: a\nname: '), Buffer.from([0xb5, 0xc2, 0x0a])]));
  write('b.yml', Buffer.from('\ufeffid: b', 'utf16le'));
  write('c.yml', 'id: c\nname: \0\n');
  expect(() => readCharacterFiles(root)).toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      details: {
        problems: [
          'config/characters/a.yml:2:7: the file is not UTF-8 (perhaps GBK or Latin-1); save it as UTF-8',
          'config/characters/b.yml:1:1: the file is UTF-16; save it as UTF-8',
          'config/characters/c.yml:2:7: the file contains a NUL character (perhaps it is UTF-16); save it as UTF-8 text',
        ],
      },
    }),
  );
});

it('reports a missing folder', () => {
  expect(() => readCharacterFiles(root)).toThrow(
    expect.objectContaining({
      details: { problems: ['config/characters: cannot be read (ENOENT)'] },
    }),
  );
});
