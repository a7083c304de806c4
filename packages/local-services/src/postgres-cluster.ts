import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runProgram } from '@texas-ai/kernel';
import { explainFileFailure, explainOutput, localServiceFailed } from './failures.js';
import type { PostgresBinaries } from './find-postgres.js';
import { pathsIn } from './folders.js';
import { endProcess, isRunning, runsIn } from './running.js';
import { writePrivately } from './secret.js';
import type { Account } from './services-home.js';
import { lastLine } from './start-server.js';

export interface ClusterOptions {
  binaries: PostgresBinaries;
  account: Account | undefined;
  /** The superuser and its password. */
  user: string;
  password: string;
  durable: boolean;
}

/** Returns the major version of the data; undefined if there are none. */
export function majorOfCluster(folder: string): number | undefined {
  const file = join(folder, 'PG_VERSION');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
}

/**
 * Creates the data folder of a new PostgreSQL under a temporary name and renames it when complete, so that a killed
 * initdb leaves no partial cluster. Throws `local_service_failed` with one sentence.
 */
export async function makeCluster(folder: string, options: ClusterOptions): Promise<void> {
  const { account } = options;
  let work: string | undefined;
  try {
    removePartial(folder);
    work = mkdtempSync(`${folder}.making-`);
    const passwordFile = join(work, 'password');
    const cluster = join(work, 'cluster');
    mkdirSync(cluster, { mode: 0o700 });
    writePrivately(passwordFile, options.password);
    if (account) {
      for (const path of [work, cluster, passwordFile]) chownSync(path, account.uid, account.gid);
    }
    await initialise(cluster, passwordFile, options);
    renameSync(cluster, folder);
  } catch (failure) {
    throw explainFileFailure(failure, dirname(folder));
  } finally {
    if (work !== undefined) rmSync(work, { recursive: true, force: true });
  }
}

/** Uses C.UTF-8 if the system has it: it sorts like C, but handles non-ASCII letters. */
async function initialise(
  cluster: string,
  passwordFile: string,
  { binaries, account, user, durable }: ClusterOptions,
): Promise<void> {
  const run = (locale: string) =>
    runProgram({
      command: binaries.initdb,
      args: [
        ...['-D', cluster, '-U', user, '--encoding=UTF8', `--locale=${locale}`],
        ...['--auth=scram-sha-256', `--pwfile=${passwordFile}`],
        ...(durable ? [] : ['--no-sync']),
      ],
      env: binaries.env,
      cwd: cluster,
      account,
    });
  const first = await run('C.UTF-8');
  const noSuchLocale = !first.ok && /invalid locale/.test(first.stderr);
  const { ok, stderr } = noSuchLocale ? await run('C') : first;
  if (ok) return;
  const folder = dirname(dirname(cluster));
  throw (
    explainOutput(stderr, folder) ??
    localServiceFailed(`PostgreSQL could not create its data in ${folder}: ${reasonIn(stderr)}.`)
  );
}

/** The last lines of initdb are about its cleanup; the reason is in an error line before. */
function reasonIn(output: string): string {
  return /(?:error|FATAL): *(.+)$/m.exec(output)?.[1] ?? lastLine(output);
}

function removePartial(folder: string): void {
  const prefix = `${basename(folder)}.making-`;
  for (const path of pathsIn(dirname(folder))) {
    if (basename(path).startsWith(prefix)) rmSync(path, { recursive: true, force: true });
  }
}

/**
 * Stops the server that a killed run left on these data. If the pid in its file belongs to another program by now,
 * deletes the file, because PostgreSQL would wait for that program.
 */
export async function stopLeftoverPostgres(folder: string): Promise<void> {
  const file = join(folder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (runsIn(pid, folder, /^postgres/)) await endProcess(pid, ['SIGINT', 'SIGQUIT'], 10_000);
  else if (isRunning(pid)) rmSync(file, { force: true });
}

/** Returns the TCP port of the server running on these data; undefined if there is none yet. */
export function runningPort(folder: string): number | undefined {
  // The pid file's lines are: pid, data folder, start, port, socket folder, address, memory, status.
  const lines = pidFileLines(folder);
  const pid = Number(lines[0]);
  const ready = lines[7]?.trim() === 'ready' && runsIn(pid, folder, /^postgres/);
  return ready ? Number(lines[3]) : undefined;
}

function pidFileLines(folder: string): string[] {
  try {
    return readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}
