import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { environment, fakeProgram, silentLogger, temporaryHome } from '../test/temporary-home.js';
import { downloadPackages } from './download-packages.js';
import { findOrDownloadPostgres } from './find-or-download.js';
import { findPostgres } from './find-postgres.js';
import { findRedis, redisInTree, redisPackages } from './find-redis.js';

describe('finding programs', () => {
  let folder: ReturnType<typeof temporaryHome>;
  beforeEach(() => {
    folder = temporaryHome();
  });
  afterEach(() => folder.remove());

  function where(...names: string[]) {
    const path = names.map((name) => join(folder.home, name)).join(':');
    return { path, downloaded: join(folder.home, 'none'), account: undefined };
  }
  function fakePostgres(name: string, initdb: string, postgres = initdb): void {
    mkdirSync(join(folder.home, name));
    fakeProgram(join(folder.home, name, 'initdb'), initdb);
    fakeProgram(join(folder.home, name, 'postgres'), postgres);
  }
  function fakeRedis(name: string, program: string, words: string): void {
    mkdirSync(join(folder.home, name));
    fakeProgram(join(folder.home, name, program), `echo "${words}"`);
  }

  test('finds the newest PostgreSQL whose programs run and match, or the version of the data', async () => {
    fakePostgres('old', 'echo "initdb (PostgreSQL) 14.9"');
    fakePostgres('new', 'echo "initdb (PostgreSQL) 98.1"');
    fakePostgres('newest', 'echo "initdb (PostgreSQL) 99beta1"');
    fakePostgres('broken', 'exit 127');
    fakePostgres('mixed', 'echo "initdb (PostgreSQL) 99.9"', 'echo "postgres (PostgreSQL) 97.1"');
    const options = where('mixed', 'broken', 'old', 'new', 'newest');
    expect(await findPostgres(options)).toMatchObject({
      major: 99,
      initdb: join(folder.home, 'newest', 'initdb'),
    });
    expect(await findPostgres(options, 98)).toMatchObject({ major: 98 });
    expect(await findPostgres(options, 97)).toBeUndefined();
  });

  test('finds Redis 7 or later and Valkey 8 or later', async () => {
    fakeRedis('old', 'redis-server', 'Redis server v=6.0.16 sha=00000000:0');
    fakeRedis('valkey7', 'valkey-server', 'Valkey server v=7.2.5 sha=00000000:0');
    fakeRedis('valkey', 'valkey-server', 'Valkey server v=8.0.1 sha=00000000:0');
    fakeRedis('redis', 'redis-server', 'Redis server v=7.0.15 sha=00000000:0');
    expect(await findRedis(where('old', 'valkey7', 'valkey', 'redis'))).toMatchObject({
      server: join(folder.home, 'valkey', 'valkey-server'),
    });
    expect(await findRedis(where('old', 'redis', 'valkey'))).toMatchObject({
      server: join(folder.home, 'redis', 'redis-server'),
    });
  });

  test('a program that can be neither found nor downloaded is an error with the install command', async () => {
    mkdirSync(join(folder.home, 'bin'));
    fakeProgram(join(folder.home, 'bin', 'apt-get'), 'exit 127');
    const options = {
      environment: { PATH: join(folder.home, 'bin') },
      binariesFolder: join(folder.home, 'binaries'),
      account: undefined,
      logger: silentLogger,
    };
    await expect(findOrDownloadPostgres(options, 97)).rejects.toMatchObject({
      code: 'local_service_failed',
      message: expect.stringMatching(/PostgreSQL 97.*install.*DATABASE_URL/),
    });
    expect(readdirSync(folder.home)).toEqual(['bin']);
  });

  test('Redis is downloaded with its missing libraries, and no other files are left', async () => {
    const tree = join(folder.home, 'binaries', 'redis');
    const isDownloaded = await downloadPackages({
      label: 'Redis',
      folder: tree,
      choosePackages: redisPackages,
      isComplete: async (half) => (await redisInTree(half, undefined)) !== undefined,
      environment,
      logger: silentLogger,
    });
    expect(isDownloaded).toBe(true);
    expect(readdirSync(join(folder.home, 'binaries'))).toEqual(['redis']);
    expect(await redisInTree(tree, undefined)).toBeDefined();
    expect(await redisInTree(tree, { uid: 65_534, gid: 65_534 })).toBeDefined();
  });
});
