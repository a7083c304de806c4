import { execFile, execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { processEnvironment } from '@texas-ai/config';
import { freePort, testRedisProgram, until } from '@texas-ai/testing';
import { Redis } from 'ioredis';
import { filesOfContext } from './container-build.js';
import { readCompose, serviceOf } from './container-compose.js';
import { root } from './product.js';

// The secrets of the compose file, and its Redis.

const run = promisify(execFile);
const docker = join(root, 'docker');
const compose = readCompose();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'texas-containers-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('make-secrets.sh', () => {
  const secret = (name: string) => readFileSync(join(folder, 'secrets', name), 'utf8').trim();
  const make = (env: Record<string, string> = {}) =>
    run('sh', [join(folder, 'make-secrets.sh')], {
      env: { PATH: processEnvironment().PATH, ...env },
    });

  beforeEach(() => copyFileSync(join(docker, 'make-secrets.sh'), join(folder, 'make-secrets.sh')));

  test('creates each secret of the compose file once, accessible to its owner and readable for containers', async () => {
    await make();
    const files = Object.values(compose.secrets).map(({ file }) => file);
    expect(files.map((file) => dirname(file))).toEqual(files.map(() => 'secrets'));
    expect(readdirSync(join(folder, 'secrets')).map((name) => `secrets/${name}`)).toEqual(
      files.sort(),
    );
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
    for (const file of files) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o444);
    const random = ['postgres_password', 'redis_password', 'grafana_admin_password'].map(secret);
    for (const each of random) expect(each).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(random).size).toBe(3);
    expect(secret('internal_api_key')).toMatch(/^texas_internal_[0-9a-f]{64}$/);
    expect([secret('gemini_api_key'), secret('mattermost_token')]).toEqual(['', '']);

    const { stdout } = await make({ GEMINI_API_KEY: 'my-own-key' });
    expect(stdout).toBe('docker/secrets/gemini_api_key\n');
    expect(secret('gemini_api_key')).toBe('my-own-key');
    await make();
    expect(secret('gemini_api_key')).toBe('my-own-key');
    expect(['postgres_password', 'redis_password', 'grafana_admin_password'].map(secret)).toEqual(
      random,
    );
  });

  test('its files and .env are ignored by git and the images', () => {
    const kept = ['docker/.env', 'docker/secrets/gemini_api_key'];
    const said = execFileSync('git', ['check-ignore', ...kept], { cwd: root, encoding: 'utf8' });
    expect(said.trim().split('\n')).toEqual(kept);
    expect(filesOfContext(root).filter((file) => file.startsWith('docker/'))).toEqual([]);
  });
});

describe('Redis with the command of the compose file', () => {
  test('requires the password, which no argument shows, evicts nothing and persists writes', async () => {
    const port = await freePort();
    mkdirSync(join(folder, 'data'));
    const [shell = '', flag = '', script = ''] = serviceOf(compose, 'redis').command ?? [];
    const here = script
      .replaceAll('/run/secrets/', `${folder}/`)
      .replace('dir /data', `dir ${folder}/data\nport ${port}\nbind 127.0.0.1`);
    writeFileSync(join(folder, 'redis_password'), 'pass-of-redis\n');
    const { env } = await testRedisProgram();
    const child = spawn(shell, [flag, here], { env, stdio: 'ignore', detached: true });
    const password = 'pass-of-redis';
    const redis = new Redis({ host: '127.0.0.1', port, password, lazyConnect: true });
    const stranger = new Redis({ host: '127.0.0.1', port, lazyConnect: true });
    for (const each of [redis, stranger]) each.on('error', () => undefined);
    try {
      await until(() => {
        if (child.exitCode !== null) throw new Error('It did not start.');
        return redis.ping().then(
          () => true,
          () => false,
        );
      });
      const settings = ['maxmemory-policy', 'appendonly', 'appendfsync', 'maxmemory', 'save'];
      const values = settings.map(async (name) => (await redis.config('GET', name)) as string[]);
      expect((await Promise.all(values)).map(([, value]) => value)).toEqual([
        'noeviction',
        'yes',
        'everysec',
        String(256 * 2 ** 20),
        '',
      ]);
      // The shell was replaced by the server, so that signals reach it.
      const [, id] = /^process_id:(\d+)/m.exec(await redis.info('server')) ?? [];
      expect(Number(id)).toBe(child.pid);
      const { stdout } = await run('ps', ['-ww', '-o', 'args=', '-p', String(child.pid)]);
      expect(stdout).toContain('redis-server');
      expect(stdout).not.toContain(password);
      await expect(stranger.get('anything')).rejects.toThrow('NOAUTH');
    } finally {
      for (const each of [redis, stranger]) each.disconnect();
      // Also children of the shell, in case it was not replaced.
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    }
  });
});
