import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type TestDatabase, until } from '@texas-ai/testing';
import { backUp, makeTemporaryFolder, type TemporaryFolder } from '../../test/backup-run.js';
import { clientWithDump, realClient } from '../../test/fake-client.js';
import { makeSampleDatabase } from '../../test/sample-database.js';

let sample: TestDatabase;
let target: TemporaryFolder;
let scripts: TemporaryFolder;

beforeAll(async () => {
  sample = await makeSampleDatabase();
});
afterAll(() => sample.drop());
beforeEach(() => {
  target = makeTemporaryFolder();
  scripts = makeTemporaryFolder();
});
afterEach(() => {
  // No failure leaves files.
  expect(target.files()).toEqual([]);
  target.remove();
  scripts.remove();
});

async function backUpWith(script: string, options: Partial<Parameters<typeof backUp>[0]> = {}) {
  const client = await clientWithDump(scripts.folder, script);
  return backUp({ databaseUrl: sample.url, folder: target.folder, client, ...options });
}

/** Prints half a dump, then continues. */
const halfOf = '$REAL "$@" | head -c 5000;';
/** Hangs, with a child process. */
const hang = 'sleep 1000 & echo $! > $HERE/child; wait';

/** Whether the child of a hanging script is dead or a zombie, or was never started because the script was killed first. */
function childIsDead(): boolean {
  const file = join(scripts.folder, 'child');
  const pid = existsSync(file) ? readFileSync(file, 'utf8').trim() : 'none';
  const status = `/proc/${pid}/status`;
  return !existsSync(status) || /^State:\s+[ZX]/m.test(readFileSync(status, 'utf8'));
}

test('pg_dump is killed halfway', async () => {
  await expect(backUpWith(`${halfOf} kill -9 $$`)).rejects.toMatchObject({
    code: 'backup_failed',
    message: 'pg_dump failed.',
    details: { ended: 'SIGKILL' },
  });
});

test('pg_dump succeeds with half a dump', async () => {
  await expect(backUpWith('$REAL "$@" | head -c 500; exit 0')).rejects.toMatchObject({
    code: 'backup_failed',
    message: expect.stringMatching(/^The output of pg_dump cannot be listed: could not read/),
  });
});

test('the message has pg_dump’s error and advice, but neither the password nor rows', async () => {
  const { password } = new URL(sample.url);
  const said = `cat >&2 <<'END'
pg_dump: error: query failed: ERROR:  permission denied for table notes of "${password}"
pg_dump: detail: Query was: LOCK TABLE public.notes IN ACCESS SHARE MODE
CONTEXT:  COPY notes, line 1: "Dear diary"
END
exit 1`;
  const failure = await backUpWith(said).catch((failure) => failure);
  expect(failure).toMatchObject({
    code: 'backup_failed',
    message:
      'pg_dump failed: query failed: ERROR: permission denied for table notes of "***". Have its owner grant access to the role of DATABASE_URL, or move objects that do not belong to Texas AI to another schema.',
  });
  expect(JSON.stringify(failure.details)).not.toContain(password);
});

test('a long error of pg_dump is truncated', async () => {
  const said = `printf 'pg_dump: error: %s' "$(head -c 3000 /dev/zero | tr '\\0' x)" >&2; exit 1`;
  const failure = await backUpWith(said).catch((failure) => failure);
  expect(failure.message).toMatch(/^pg_dump failed: x{300}\.$/);
});

test('pg_dump that hangs is killed with its children on timeout', async () => {
  await expect(backUpWith(`${halfOf} ${hang}`, { timeoutMs: 500 })).rejects.toMatchObject({
    code: 'backup_failed',
    message: 'The backup took longer than 0.5 s and was stopped.',
  });
  await until(childIsDead);
});

test('the signal aborts', async () => {
  const controller = new AbortController();
  const failing = backUpWith(`${hang.replace('wait', `${halfOf} wait`)}`, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(failing).rejects.toMatchObject({
    code: 'backup_failed',
    message: 'The backup was stopped before it was done.',
  });
  await until(childIsDead);
});

test('an aborted signal prevents the start', async () => {
  const failing = backUpWith('touch $HERE/begun', { signal: AbortSignal.abort() });
  await expect(failing).rejects.toMatchObject({ code: 'backup_failed' });
  expect(scripts.files()).not.toContain('begun');
});

test('the connection is lost during the dump', async () => {
  const cut = `psql -qc "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'texas-backup' AND datname = current_database()"`;
  await expect(backUpWith(`${halfOf} ${cut} >&2; ${hang}`)).rejects.toMatchObject({
    code: 'backup_failed',
    message: expect.stringMatching(/or was lost: terminating connection due to administrator/),
  });
  expect(target.files()).toEqual([]);
});

test('the database cannot be reached', async () => {
  const databaseUrl = 'postgres://nobody@127.0.0.1:1/none';
  const failing = backUp({ databaseUrl, folder: target.folder });
  await expect(failing).rejects.toMatchObject({
    code: 'backup_failed',
    message: 'The connection to the database could not be established or was lost.',
  });
});

test('the disk has no space except its reserve', async () => {
  const failing = backUp({ databaseUrl: sample.url, folder: target.folder, reserve: 2 ** 60 });
  await expect(failing).rejects.toMatchObject({
    code: 'backup_failed',
    message: expect.stringContaining('has no space left beyond its reserve'),
  });
});

test('pg_dump is older than the server', async () => {
  const client = { ...(await realClient()), major: 14, version: '14.1' };
  const failing = backUp({ databaseUrl: sample.url, folder: target.folder, client });
  await expect(failing).rejects.toMatchObject({
    code: 'backup_client_missing',
    message: expect.stringContaining('postgresql-client-15'),
  });
});

test('the recipient is not valid', async () => {
  const recipient = 'age1nobody';
  const failing = backUp({ databaseUrl: sample.url, folder: target.folder, recipient });
  await expect(failing).rejects.toMatchObject({
    code: 'backup_failed',
    message: 'The recipient of backups is not a valid age recipient (age1…).',
  });
});

/** Mounts a disk of 64 kB, if this user may. */
function mountSmallDisk(folder: string): boolean {
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('a full disk', async () => {
  const folder = join(scripts.folder, 'disk');
  if (!mountSmallDisk(folder)) {
    process.stderr.write('A full disk was not tested: only root may mount one.\n');
    return;
  }
  try {
    const script = '$REAL "$@"; head -c 1000000 /dev/urandom; exec sleep 1000';
    await expect(backUpWith(script, { folder })).rejects.toMatchObject({
      code: 'backup_failed',
      message: `The disk that holds ${folder} is full.`,
    });
    expect(execFileSync('ls', ['-A', folder]).toString()).toBe('');
  } finally {
    execFileSync('umount', [folder]);
  }
});
