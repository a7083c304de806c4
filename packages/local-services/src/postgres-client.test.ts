import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fakeProgram, temporaryHome } from '../test/temporary-home.js';
import { downloadedClientFolders, placePostgresClient } from './postgres-client.js';
import { makeServicesHome } from './services-home.js';

let folder: ReturnType<typeof temporaryHome>;
beforeEach(() => {
  folder = temporaryHome();
});
afterEach(() => folder.remove());

test('a downloaded client runs with its libraries from a folder of TEXAS_HOME', () => {
  const programs = join(folder.home, "it's downloaded");
  mkdirSync(programs);
  for (const name of ['pg_dump', 'pg_restore']) {
    fakeProgram(join(programs, name), 'echo "$LD_LIBRARY_PATH|$1"');
  }
  const services = makeServicesHome(folder.home).folder;
  const env = { LD_LIBRARY_PATH: '/a lib:/b' };
  placePostgresClient(services, { folder: programs, env });

  const [place, ...others] = downloadedClientFolders(folder.home);
  expect(others).toEqual([]);
  for (const name of ['pg_dump', 'pg_restore']) {
    expect(execFileSync(join(place ?? '', name), ['two words'], { env: {} }).toString()).toBe(
      '/a lib:/b|two words\n',
    );
  }
});

test('an installed client needs no wrappers, and earlier ones are removed', () => {
  const services = makeServicesHome(folder.home).folder;
  placePostgresClient(services, { folder: '/x', env: { LD_LIBRARY_PATH: '/y' } });
  placePostgresClient(services, { folder: '/x', env: {} });
  expect(downloadedClientFolders(folder.home)).toEqual([]);
});
