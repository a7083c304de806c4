import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  binariesHome,
  environment,
  fakeProgram,
  silentLogger,
  temporaryHome,
} from '../test/temporary-home.js';
import { startLocalServices } from './local-services.js';
import { makeServicesHome } from './services-home.js';

const isRoot = process.getuid?.() === 0;
const both = { postgres: true, redis: true };

/** The errors that a user sees if the services cannot start; nothing is left running after any of them. */
describe('startLocalServices fails with one sentence for', () => {
  let folder: ReturnType<typeof temporaryHome>;
  let mounted = false;
  beforeEach(() => {
    folder = temporaryHome();
    mounted = false;
  });
  afterEach(() => {
    if (mounted) execFileSync('/bin/umount', [folder.home]);
    chmodSync(folder.home, 0o755);
    folder.remove();
  });

  function mount(options: string): void {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', `mode=0755,${options}`, 'tmpfs', folder.home]);
    mounted = true;
  }
  function starting(need = both, path = environment.PATH): Promise<unknown> {
    const options = { home: folder.home, binariesHome, durable: false, need, logger: silentLogger };
    return startLocalServices({ ...options, environment: { PATH: path } });
  }
  /** A PostgreSQL newer than any real one, whose initdb fails with this output. */
  function brokenPostgres(words: string): string {
    const bin = join(folder.home, 'bin');
    mkdirSync(bin);
    const version = 'case "$1" in --version) echo "postgres (PostgreSQL) 99.1"; exit 0;; esac';
    fakeProgram(join(bin, 'initdb'), `${version}\necho "${words}" >&2\nexit 1`);
    fakeProgram(join(bin, 'postgres'), version);
    return bin;
  }
  const full = {
    code: 'local_service_failed',
    message: expect.stringMatching(/^The disk that holds .* is full: free .*TEXAS_HOME/),
  };
  const readOnly = {
    code: 'local_service_failed',
    message: expect.stringMatching(/cannot be written: make it writable .*TEXAS_HOME/),
  };

  test('a disk that becomes full while the data are created', async () => {
    if (isRoot) mount('size=16m');
    const path = isRoot
      ? environment.PATH
      : brokenPostgres('initdb: error: could not write: No space left on device');
    await expect(starting({ postgres: true, redis: false }, path)).rejects.toMatchObject(full);
  });

  test('a disk that is full already, so that the reason cannot even be logged', async () => {
    if (isRoot) {
      mount('size=1m');
      expect(() => writeFileSync(join(folder.home, 'ballast'), Buffer.alloc(2 ** 21))).toThrow();
    }
    const path = isRoot ? environment.PATH : brokenPostgres('No space left on device');
    await expect(starting({ postgres: !isRoot, redis: isRoot }, path)).rejects.toMatchObject(full);
  });

  test('a folder without write access', async () => {
    if (isRoot) mount('ro');
    else chmodSync(folder.home, 0o555);
    await expect(starting()).rejects.toMatchObject(readOnly);
  });

  test('another failure of initdb, which is quoted', async () => {
    const bin = brokenPostgres('initdb: error: the courier is tired');
    await expect(starting({ postgres: true, redis: false }, bin)).rejects.toMatchObject({
      code: 'local_service_failed',
      message: expect.stringContaining('the courier is tired'),
    });
  });

  test('a server that fails to start, which is quoted with its log file', async () => {
    const bin = join(folder.home, 'bin');
    mkdirSync(bin);
    fakeProgram(
      join(bin, 'redis-server'),
      'case "$1" in --version) echo "Redis server v=7.2.0";; *) echo "Fatal: no parcel today"; exit 1;; esac',
    );
    await expect(starting({ postgres: false, redis: true }, bin)).rejects.toMatchObject({
      message: `Redis failed to start: Fatal: no parcel today (see ${join(folder.home, 'logs', 'redis.log')}).`,
    });
  });

  test('data whose password is lost', async () => {
    const data = join(makeServicesHome(folder.home).folder, 'postgresql');
    mkdirSync(data);
    writeFileSync(join(data, 'PG_VERSION'), '15\n');
    await expect(starting({ postgres: true, redis: false })).rejects.toMatchObject({
      message: expect.stringContaining('password of the data'),
    });
  });

  test('a home that is not absolute', async () => {
    expect(() => makeServicesHome('relative')).toThrow('absolute');
  });

  test('a home that the user of the services cannot enter has them elsewhere', () => {
    if (!isRoot) {
      expect(makeServicesHome(folder.home)).toEqual({
        folder: join(folder.home, 'services'),
        account: undefined,
      });
      return;
    }
    chmodSync(folder.home, 0o700);
    const elsewhere = makeServicesHome(folder.home);
    expect(elsewhere.folder).toMatch(/^\/var\/lib\/texas-ai\/[0-9a-f]{16}$/);
    chmodSync(folder.home, 0o755);
    expect(makeServicesHome(folder.home).folder).toBe(elsewhere.folder);
    rmSync(elsewhere.folder, { recursive: true });
    const inside = makeServicesHome(folder.home);
    expect(inside.folder).toBe(join(folder.home, 'services'));
    expect(inside.account?.uid).toBeGreaterThan(0);
  });
});
