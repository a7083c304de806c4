import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A process, as described by `/proc` or `ps`. */
export interface RunningProcess {
  parent: number;
  /** Its short name, at most 15 characters on Linux: `sh`, `node`, `npm start`. */
  name: string;
  /** The start time in the system's format; together with the pid it identifies a process. */
  startedAt: string;
}

/** Returns the process with this id; undefined if there is none or it is a zombie. */
export function runningProcess(pid: number): RunningProcess | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

export function isRunning(pid: number): boolean {
  return runningProcess(pid) !== undefined;
}

/** Returns whether the process is this program running in this folder, as servers do in their data folder. */
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

/** Polls every `pollMs` until the condition holds; returns false if it does not within about `timeoutMs`. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  pollMs = 25,
): Promise<boolean> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    if (await condition()) return true;
    if (waitedMs >= timeoutMs) return false;
    await pause(pollMs);
  }
}

/**
 * Ends a process that is not our child: sends the signals in order, waiting up to `timeoutMs` for it to exit after
 * each, then sends SIGKILL to its process group.
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
