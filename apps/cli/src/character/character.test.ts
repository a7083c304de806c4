import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { loadConfig } from '@texas-ai/config';
import { buildProfile, makeLogSpy, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { exportCharacterTo } from './export.js';
import { importCharacterFrom } from './import.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

let db: TestDatabase;
let folder: string;
let printed: string[];
let output: string[];
beforeAll(async () => {
  db = await makeTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'texas-character-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await db.drop();
});
beforeEach(async () => {
  printed = [];
  output = [];
  await db.database('characters').delete();
  await db.store.characters.synchronise([
    { profile: buildProfile('zh', { id: 'texas' }), hash: 'hash' },
  ]);
});

const deps = (stdin = '') => ({
  root,
  config: loadConfig({
    root,
    environment: { NODE_ENV: 'test', DATABASE_URL: db.url },
    needs: { database: false, redis: false },
  }),
  logger: makeLogSpy(),
  output: {
    result: (text: string) => output.push(text),
    progress: (line: string) => output.push(line),
  },
  stdin: Readable.from([Buffer.from(stdin)]),
  stdout: new Writable({
    write(chunk, _encoding, done) {
      printed.push(String(chunk));
      done();
    },
  }),
});

const path = (name: string) => join(folder, name);

describe('character export and import', () => {
  test('use a file and leave no temporary file behind', async () => {
    expect(await exportCharacterTo(deps(), 'texas', { output: path('texas.jsonl') })).toBe(0);
    expect(readdirSync(folder)).toEqual(['texas.jsonl']);
    expect(printed).toEqual([]);
    const lines = readFileSync(path('texas.jsonl'), 'utf8').split('\n');
    expect(lines).toHaveLength(4);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ application: expect.stringMatching(/^\d/) });
    await importCharacterFrom(deps(), path('texas.jsonl'), { as: 'texas-two' });
    expect(output.at(-1)).toContain('“texas-two”: 0 days');
    expect(await db.store.characters.find('texas-two')).toEqual(
      buildProfile('zh', { id: 'texas-two' }),
    );
  });

  test('use stdout and stdin, line by line', async () => {
    await exportCharacterTo(deps(), 'texas', {});
    expect(printed).toHaveLength(3);
    await importCharacterFrom(deps(printed.join('')), '-', { as: 'texas-two' });
    expect(await db.store.characters.find('texas-two')).toMatchObject({ id: 'texas-two' });
  });

  test('leave no file behind for an unknown character', async () => {
    const before = readdirSync(folder);
    const exporting = exportCharacterTo(deps(), 'nobody', { output: path('nobody.jsonl') });
    await expect(exporting).rejects.toMatchObject({ code: 'character_not_found' });
    expect(readdirSync(folder)).toEqual(before);
  });

  test('report a file that cannot be written or read, and a closed stdout', async () => {
    const file = path('no-folder/texas.jsonl');
    await expect(exportCharacterTo(deps(), 'texas', { output: file })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('no-folder'),
    });
    await expect(importCharacterFrom(deps(), file, {})).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('no-folder'),
    });
    const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done(closed) });
    stdout.on('error', () => undefined);
    const exporting = exportCharacterTo({ ...deps(), stdout }, 'texas', {});
    await expect(exporting).rejects.toMatchObject({ code: 'aborted' });
  });

  test('report the line of an invalid file', async () => {
    await exportCharacterTo(deps(), 'texas', {});
    writeFileSync(path('cut.jsonl'), printed.slice(0, 2).join(''));
    const importing = importCharacterFrom(deps(), path('cut.jsonl'), { as: 'texas-two' });
    await expect(importing).rejects.toMatchObject({
      code: 'import_invalid',
      message: expect.stringMatching(/^Line 2: .*truncated/),
    });
    expect(await db.store.characters.find('texas-two')).toBeNull();
  });
});
