import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A process as `/proc` or `ps` tells of it. */
export interface RunningProcess {
  parent: number;
  /** Its short name, at most 15 characters on Linux: `sh`, `node`, `npm start`. */
  name: string;
  /** When it started, in the system's own words: with the pid it tells a process from a later one. */
  startedAt: string;
}

/** The process of this id; undefined where there is none, or where only its exit status is left. */
export function runningProcess(pid: number): RunningProcess | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

export function isRunning(pid: number): boolean {
  return runningProcess(pid) !== undefined;
}

/** Whether this process runs in that folder, as PostgreSQL and Redis do in the folder of their data. */
export function runsIn(pid: number, folder: string, program: RegExp): boolean {
  const found = runningProcess(pid);
  if (!found || !program.test(found.name)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    return false;
  }
}

/**
 * Asks until the answer is true, every `everyMs`, for about `forMs` milliseconds at most.
 * False where it never was.
 */
export async function waitUntil(
  holds: () => boolean | Promise<boolean>,
  forMs: number,
  everyMs = 25,
): Promise<boolean> {
  for (let waitedMs = 0; ; waitedMs += everyMs) {
    if (await holds()) return true;
    if (waitedMs >= forMs) return false;
    await pause(everyMs);
  }
}

/**
 * Ends a process that is not our child: the signals in their order, each with `timeoutMs` to obey,
 * then SIGKILL to all of its group. Without it already gone it does nothing.
 */
export async function endProcess(
  pid: number,
  signals: readonly NodeJS.Signals[],
  timeoutMs: number,
): Promise<void> {
  const startedAt = runningProcess(pid)?.startedAt;
  const gone = () => runningProcess(pid)?.startedAt !== startedAt;
  if (startedAt === undefined) return;
  for (const signal of signals) {
    sendSignal(pid, signal);
    if (await waitUntil(gone, timeoutMs)) return;
  }
  if (!sendSignal(-pid, 'SIGKILL')) sendSignal(pid, 'SIGKILL');
  await waitUntil(gone, timeoutMs);
}

function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** proc(5): `pid (name) state ppid …`; field 22 is the start in clock ticks since boot. */
function fromProc(pid: number): RunningProcess | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const nameEnd = stat.lastIndexOf(')');
    const fields = stat.slice(nameEnd + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return {
      parent: Number(fields[1]),
      name: stat.slice(stat.indexOf('(') + 1, nameEnd),
      startedAt: fields[19] ?? '',
    };
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): RunningProcess | undefined {
  try {
    const columns = [
      '-o',
      'stat=',
      '-o',
      'ppid=',
      '-o',
      'lstart=',
      '-o',
      'comm=',
      '-p',
      String(pid),
    ];
    const row = execFileSync('ps', columns, { encoding: 'utf8', env: { LC_ALL: 'C' } }).trim();
    const match = /^(\S+)\s+(\d+)\s+(.{24})\s+(.+)$/.exec(row);
    if (!match || match[1]?.startsWith('Z')) return undefined;
    return {
      parent: Number(match[2]),
      name: (match[4] ?? '').replace(/^.*\//, ''),
      startedAt: match[3] ?? '',
    };
  } catch {
    return undefined;
  }
}
