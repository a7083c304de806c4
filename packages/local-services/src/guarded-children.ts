import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** One process that the guard starts and answers for. Plain values: it travels over a channel. */
export interface ServiceProcess {
  /** Unique among the running ones. */
  name: string;
  command: string;
  args: readonly string[];
  /** The whole environment of the process; nothing is inherited. */
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Gets both outputs, appended; made with mode 0600. */
  logFile: string;
  /** Run as this user and group, which only root can ask for. */
  uid?: number;
  gid?: number;
  /** Tried in this order, each with `stopTimeoutMs` to obey; SIGKILL follows. By default SIGTERM. */
  stopSignals?: readonly NodeJS.Signals[];
  /** Milliseconds, 10,000 by default. */
  stopTimeoutMs?: number;
}

export interface ServiceExit {
  name: string;
  pid: number;
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Whether the process was asked to stop. */
  expected: boolean;
}

export const defaultStopSignals: readonly NodeJS.Signals[] = ['SIGTERM'];
export const defaultStopTimeoutMs = 10_000;

interface Child {
  service: ServiceProcess;
  process: ChildProcess;
  exited: Promise<void>;
  stopping: boolean;
}

export interface GuardedChildren {
  /** Starts it and answers its pid; rejects where it cannot be started or all are being stopped. */
  start(service: ServiceProcess): Promise<number>;
  /** Stops it and waits until it is gone; nothing happens where none of that name runs. */
  stop(name: string): Promise<void>;
  /** Stops all, the last started first, for good: none can be started afterwards. */
  stopAll(): Promise<void>;
}

/**
 * The children of the guard. Imports nothing but Node's own modules, since the guard is a small
 * process of its own.
 */
export function makeGuardedChildren(announce: (exit: ServiceExit) => void): GuardedChildren {
  const children = new Map<string, Child>();
  let closed = false;

  async function start(service: ServiceProcess): Promise<number> {
    if (closed) throw new Error('The guard is stopping.');
    if (children.has(service.name)) throw new Error(`${service.name} is already running.`);
    const started = spawnDetached(service);
    const exited = new Promise<void>((resolve) => {
      started.once('exit', (code, signal) => {
        const expected = children.get(service.name)?.stopping ?? false;
        children.delete(service.name);
        const pid = started.pid ?? 0;
        killGroup(pid);
        announce({ name: service.name, pid, code, signal, expected });
        resolve();
      });
    });
    children.set(service.name, { service, process: started, exited, stopping: false });
    return new Promise((resolve, reject) => {
      started.once('spawn', () => resolve(started.pid ?? 0));
      started.once('error', (failure) => {
        if (started.pid === undefined) children.delete(service.name);
        reject(failure);
      });
    });
  }

  async function stop(name: string): Promise<void> {
    const child = children.get(name);
    if (!child) return;
    child.stopping = true;
    const { stopSignals = defaultStopSignals, stopTimeoutMs = defaultStopTimeoutMs } =
      child.service;
    for (const signal of stopSignals) {
      child.process.kill(signal);
      if (await within(child.exited, stopTimeoutMs)) return;
    }
    killGroup(child.process.pid ?? 0);
    await child.exited;
  }

  async function stopAll(): Promise<void> {
    closed = true;
    for (const name of [...children.keys()].reverse()) await stop(name);
  }

  return { start, stop, stopAll };
}

/** In a session of its own: neither the terminal's signals nor those for the guard reach it. */
function spawnDetached(service: ServiceProcess): ChildProcess {
  const log = openSync(service.logFile, 'a', 0o600);
  try {
    return spawn(service.command, [...service.args], {
      cwd: service.cwd,
      env: { ...service.env },
      detached: true,
      stdio: ['ignore', log, log],
      ...(service.uid === undefined ? {} : { uid: service.uid }),
      ...(service.gid === undefined ? {} : { gid: service.gid }),
    });
  } finally {
    closeSync(log);
  }
}

/** What a service started and left behind goes with it. */
function killGroup(pid: number): void {
  if (pid <= 0) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}

async function within(ended: Promise<void>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const inTime = await Promise.race([ended.then(() => true), timedOut]);
  clearTimeout(timer);
  return inTime;
}
