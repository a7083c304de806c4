import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** A process for the supervisor to run. Plain values, since it is sent over the channel. */
export interface ServiceProcess {
  /** Unique among the running services. */
  name: string;
  command: string;
  args: readonly string[];
  /** The whole environment of the process; nothing is inherited. */
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Both outputs are appended to it; created with mode 0600. */
  logFile: string;
  /** The user and group to run as; only root can set them. */
  uid?: number;
  gid?: number;
  /** Sent in this order, each followed by `stopTimeoutMs` to exit, then SIGKILL. SIGTERM by default. */
  stopSignals?: readonly NodeJS.Signals[];
  /** Milliseconds, 10,000 by default. */
  stopTimeoutMs?: number;
}

export interface ServiceExit {
  name: string;
  pid: number;
  code: number | null;
  signal: NodeJS.Signals | null;
  /** True if the exit follows `stop` or `stopAll`. */
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

export interface SupervisedChildren {
  /** Starts a service and returns its pid; rejects if it cannot be started, or after `stopAll`. */
  start(service: ServiceProcess): Promise<number>;
  /** Stops a service and waits until it has exited; does nothing if it is not running. */
  stop(name: string): Promise<void>;
  /** Stops all services, the last started first; none can be started afterwards. */
  stopAll(): Promise<void>;
}

/** The child processes of the supervisor. Imports only Node's modules, to keep that process small. */
export function makeSupervisedChildren(announce: (exit: ServiceExit) => void): SupervisedChildren {
  const children = new Map<string, Child>();
  let closed = false;

  async function start(service: ServiceProcess): Promise<number> {
    if (closed) throw new Error('The supervisor is stopping.');
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

/** Starts it in its own session, where signals of the terminal and of the supervisor do not reach it. */
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

/** Also kills what the service has started. */
function killGroup(pid: number): void {
  if (pid <= 0) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has exited.
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
