import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { bootstrapKey } from './bootstrap-key.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'texas-key-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test('returns the configured key', () => {
  expect(bootstrapKey({ home: '/nowhere', internalApiKey: 'mine' })).toBe('mine');
});

test('generates and keeps a key that only its owner can read', () => {
  const inside = join(home, 'not-there-yet');
  const key = bootstrapKey({ home: inside, internalApiKey: null });
  expect(key).toMatch(/^texas_internal_[\w-]{43}$/);
  expect(bootstrapKey({ home: inside, internalApiKey: null })).toBe(key);
  expect(statSync(join(inside, 'internal-api-key')).mode & 0o777).toBe(0o600);
});

test('rejects a home that is not a folder', () => {
  const file = join(home, 'file');
  writeFileSync(file, '');
  expect(() => bootstrapKey({ home: file, internalApiKey: null })).toThrow(
    expect.objectContaining({ code: 'config_invalid' }),
  );
});
