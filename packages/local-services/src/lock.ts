import {
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { explainFileFailure, localServiceFailed, systemCodeOf } from './failures.js';
import { makeFolder } from './folders.js';
import { runningProcess, waitUntil } from './running.js';

/** How long the supervisor of a killed owner may take to stop its services. */
const supervisorTimeoutMs = 30_000;
const lockName = 'running.lock';
const supervisorFile = 'running.guard';

/**
 * Locks this folder against other launchers until the returned function is called or this process exits. The lock
 * of a dead process is taken over, once the supervisor of that process has exited too. Throws `local_service_failed`
 * if another process holds the lock or the folder cannot be written.
 */
export async function lockHome(home: string): Promise<() => void> {
  const lock = join(home, lockName);
  try {
    makeFolder(home);
    acquireLock(lock);
  } catch (failure) {
    throw explainFileFailure(failure, home);
  }
  const release = () => {
    if (readLock(lock) === identityOf(process.pid)) unlinkSync(lock);
  };
  const supervisor = readSupervisor(home);
  if (!(await waitUntil(() => !supervisor || !isAlive(supervisor), supervisorTimeoutMs))) {
    release();
    throw localServiceFailed(
      `The services of an earlier run in ${home} do not stop: end process ${supervisor?.split(' ')[0]} and try again.`,
    );
  }
  return release;
}

/** Stores the supervisor of the lock's holder. */
export function recordSupervisor(home: string, supervisorPid: number): void {
  writeFileSync(join(home, supervisorFile), identityOf(supervisorPid) ?? '', { mode: 0o600 });
}

/** The lock is a symbolic link: it is created atomically, together with its content, pid and start time. */
function acquireLock(lock: string): void {
  const mine = identityOf(process.pid) ?? String(process.pid);
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      symlinkSync(mine, lock);
      return;
    } catch (failure) {
      const holder = readLock(lock);
      if (holder === undefined && systemCodeOf(failure) !== 'EEXIST') throw failure;
      if (holder !== undefined && isAlive(holder)) {
        throw localServiceFailed(
          `Texas AI is already running (pid ${holder.split(' ')[0]}) in this TEXAS_HOME: stop it, or set TEXAS_HOME to another folder.`,
        );
      }
      if (holder !== undefined) removeStale(lock, holder);
    }
  }
  throw localServiceFailed(`${lock} cannot be acquired: remove it and try again.`);
}

/** Renames the lock before deleting it, so that a lock which another process has just taken can be restored. */
function removeStale(lock: string, holder: string): void {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
    const moved = readLock(aside);
    unlinkSync(aside);
    if (moved !== undefined && moved !== holder) symlinkSync(moved, lock);
  } catch {
    // Another process was faster; the next attempt finds its lock.
  }
}

function identityOf(pid: number): string | undefined {
  const found = runningProcess(pid);
  return found && `${pid} ${found.startedAt}`;
}

function isAlive(identity: string): boolean {
  return identityOf(Number.parseInt(identity, 10)) === identity;
}

function readLock(lock: string): string | undefined {
  try {
    return readlinkSync(lock);
  } catch {
    return undefined;
  }
}

function readSupervisor(home: string): string | undefined {
  try {
    return readFileSync(join(home, supervisorFile), 'utf8') || undefined;
  } catch {
    return undefined;
  }
}
