import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { binariesHome, environment, silentLogger, temporaryHome } from '../test/temporary-home.js';
import { makeFolder } from './folders.js';
import { startLocalServices } from './local-services.js';
import { runningDatabaseUrl } from './postgres.js';

let folder: ReturnType<typeof temporaryHome>;
beforeEach(() => {
  folder = temporaryHome();
});
afterEach(() => folder.remove());

test('the URL of the private database is found only while it runs', async () => {
  const { home } = folder;
  expect(runningDatabaseUrl(home)).toBeNull();
  const services = await startLocalServices({
    ...{ home, binariesHome, environment, durable: false, logger: silentLogger },
    need: { postgres: true, redis: false },
  });
  try {
    expect(services.databaseUrl).not.toBeNull();
    expect(runningDatabaseUrl(home)).toBe(services.databaseUrl);
  } finally {
    await services.stop();
  }
  expect(runningDatabaseUrl(home)).toBeNull();
});

test('the pid file of a killed server does not count as a running server', () => {
  const cluster = join(folder.home, 'services', 'postgresql');
  makeFolder(cluster);
  const lines = [process.pid, cluster, 1, 5432, '', '127.0.0.1', 0, 'ready', ''];
  writeFileSync(join(cluster, 'postmaster.pid'), lines.join('\n'));
  expect(runningDatabaseUrl(folder.home)).toBeNull();
});
