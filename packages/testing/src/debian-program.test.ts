import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { findDebianProgram } from './debian-program.js';

const wanted = { names: ['texas-no', 'texas-yes'], package: 'texas', tests: 'Tests of ours' };

let folder: string;
let installed: string[];
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'texas-program-'));
  installed = [];
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, 0o755);
  return path;
}

const find = ({ CI, installs = [] }: { CI?: string; installs?: string[] } = {}) =>
  findDebianProgram(wanted, {
    environment: { PATH: `/nowhere:${folder}`, CI },
    async install(name) {
      installed.push(name);
      installs.forEach(put);
    },
    say: (line) => said.push(line),
  });

test('an installed program is found by any of its names, and nothing is installed', async () => {
  const path = put('texas-yes');
  expect(await find()).toBe(path);
  expect(installed).toEqual([]);
});

test('a missing program is installed', async () => {
  expect(await find({ installs: ['texas-yes'] })).toBe(join(folder, 'texas-yes'));
  expect(installed).toEqual(['texas']);
  expect(said).toEqual([]);
});

test('if it cannot be installed, tests are skipped with a line about it', async () => {
  expect(await find()).toBeUndefined();
  expect(said).toEqual([
    'Tests of ours are skipped. texas-no is not installed; install it, for example: apt-get install texas.\n',
  ]);
});

test('in continuous integration nothing is skipped', async () => {
  await expect(find({ CI: 'true' })).rejects.toThrow('apt-get install texas');
});
