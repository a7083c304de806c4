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

/** How long the guard of a killed owner may need to stop its services. */
const guardTimeoutMs = 30_000;
const lockName = 'running.lock';
const guardName = 'running.guard';

/**
 * Keeps other launchers away from this folder until the returned function is called or this process
 * ends. A lock whose process is gone is taken over, once the guard of that process is gone too.
 * Throws `local_service_failed` where another process holds it or the folder cannot be written.
 */
export async function lockHome(home: string): Promise<() => void> {
  const lock = join(home, lockName);
  try {
    makeFolder(home);
    takeLock(lock);
  } catch (failure) {
    throw explainFileFailure(failure, home);
  }
  const release = () => {
    if (readLock(lock) === identityOf(process.pid)) unlinkSync(lock);
  };
  const guard = readGuard(home);
  if (!(await waitUntil(() => !guard || !isAlive(guard), guardTimeoutMs))) {
    release();
    throw localServiceFailed(
      `What an earlier run left in ${home} does not stop: end process ${guard?.split(' ')[0]} and try again.`,
    );
  }
  return release;
}

/** Remembers which guard works for the holder of the lock. */
export function noteGuard(home: string, guardPid: number): void {
  writeFileSync(join(home, guardName), identityOf(guardPid) ?? '', { mode: 0o600 });
}

/** The lock is a symbolic link: making one is atomic and brings its text, pid and start, with it. */
function takeLock(lock: string): void {
  const mine = identityOf(process.pid) ?? String(process.pid);
  for (let tries = 0; tries < 5; tries++) {
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
  throw localServiceFailed(`${lock} cannot be taken: remove it and try again.`);
}

/** Moves the lock aside before it goes, so that a lock which another process just took is put back. */
function removeStale(lock: string, holder: string): void {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
    const moved = readLock(aside);
    unlinkSync(aside);
    if (moved !== undefined && moved !== holder) symlinkSync(moved, lock);
  } catch {
    // Another process was faster; the next try sees who.
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

function readGuard(home: string): string | undefined {
  try {
    return readFileSync(join(home, guardName), 'utf8') || undefined;
  } catch {
    return undefined;
  }
}
