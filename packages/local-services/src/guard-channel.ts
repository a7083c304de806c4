import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { localServiceFailed } from './failures.js';
import type { GuardMessage, GuardRequest } from './guard-protocol.js';
import {
  defaultStopSignals,
  defaultStopTimeoutMs,
  type ServiceExit,
  type ServiceProcess,
} from './guarded-children.js';
import { endProcess, runningProcess } from './running.js';

/** A process that the guard started, as its owner knows it; `pid` is gone once the process is. */
interface KnownService {
  service: ServiceProcess;
  pid: number | undefined;
  startedAt: string | undefined;
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
type Reply = Extract<GuardMessage, { kind: 'reply' }>;

/** The owner's end of the channel: requests with their answers, exits, and the end of the guard. */
export interface GuardChannel {
  readonly pid: number;
  /** Everything that was ever started, in this order. */
  readonly services: ReadonlyMap<string, KnownService>;
  /** Settled when the guard has ended and nothing that it started is left. */
  readonly gone: Promise<void>;
  request(asked: WithoutId<GuardRequest>): Promise<number | undefined>;
  listen(listener: (exit: ServiceExit) => void): () => void;
  close(): void;
}

/** Starts the process of the guard in a session of its own and waits until it listens. */
export async function openGuardChannel(path: string): Promise<GuardChannel> {
  const guard = spawn(process.execPath, [guardEntry()], {
    cwd: '/',
    env: { PATH: path },
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const services = new Map<string, KnownService>();
  const listeners = new Set<(exit: ServiceExit) => void>();
  const waiting = new Map<number, { asked: WithoutId<GuardRequest>; answer: Answer }>();
  let nextId = 1;

  function announce(exit: ServiceExit): void {
    const known = services.get(exit.name);
    if (known) known.pid = undefined;
    for (const listener of [...listeners]) listener(exit);
  }

  function settle(reply: Reply): void {
    const { asked, answer } = waiting.get(reply.id) ?? {};
    waiting.delete(reply.id);
    if (asked?.kind === 'start' && reply.pid !== undefined) {
      const { service } = asked;
      services.delete(service.name);
      const startedAt = runningProcess(reply.pid)?.startedAt;
      services.set(service.name, { service, pid: reply.pid, startedAt });
    }
    answer?.(reply);
  }

  const ready = new Promise<void>((resolve, reject) => {
    guard.once('error', reject);
    guard.once('exit', () => reject(guardEnded()));
    guard.on('message', (message: GuardMessage) => {
      if (message.kind === 'ready') resolve();
      else if (message.kind === 'exit') announce(message.exit);
      else settle(message);
    });
  });
  const gone = new Promise<void>((resolve) => {
    guard.once('exit', async (code) => {
      for (const { answer } of waiting.values()) answer(undefined);
      if (code !== 0) await stopOrphans(services, announce);
      resolve();
    });
  });

  function request(asked: WithoutId<GuardRequest>): Promise<number | undefined> {
    const id = nextId++;
    return new Promise((resolve, reject) => {
      const answer: Answer = (reply) => {
        if (!reply) reject(guardEnded());
        else if (reply.failure) reject(Object.assign(new Error(), reply.failure));
        else resolve(reply.pid);
      };
      if (!guard.connected) return answer(undefined);
      waiting.set(id, { asked, answer });
      guard.send({ ...asked, id }, (failure) => failure && answer(undefined));
    });
  }

  await ready;
  return {
    pid: guard.pid ?? 0,
    services,
    gone,
    request,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      if (guard.connected) guard.disconnect();
    },
  };
}

type Answer = (reply: Reply | undefined) => void;

/** What a killed guard left behind, the last started first. */
async function stopOrphans(
  services: ReadonlyMap<string, KnownService>,
  announce: (exit: ServiceExit) => void,
): Promise<void> {
  for (const { service, pid, startedAt } of [...services.values()].reverse()) {
    if (pid === undefined) continue;
    const { stopSignals = defaultStopSignals, stopTimeoutMs = defaultStopTimeoutMs } = service;
    if (runningProcess(pid)?.startedAt === startedAt) {
      await endProcess(pid, stopSignals, stopTimeoutMs);
    }
    announce({ name: service.name, pid, code: null, signal: null, expected: false });
  }
}

/** Beside this file once built; a test that runs from the sources takes the built one. */
function guardEntry(): string {
  const beside = fileURLToPath(new URL('./guard-process.js', import.meta.url));
  return existsSync(beside) ? beside : join(dirname(beside), '..', 'dist', 'guard-process.js');
}

export function guardEnded(): Error {
  return localServiceFailed('The guard of the local services has ended: start again.');
}
