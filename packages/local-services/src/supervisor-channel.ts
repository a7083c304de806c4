import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { localServiceFailed } from './failures.js';
import { endProcess, runningProcess } from './running.js';
import {
  defaultStopSignals,
  defaultStopTimeoutMs,
  type ServiceExit,
  type ServiceProcess,
} from './supervised-children.js';

/** A request to the supervisor, which sends one `reply` with the same id. */
export type SupervisorRequest = { id: number } & (
  | { kind: 'start'; service: ServiceProcess }
  | { kind: 'stop'; name: string }
);

/** A message of the supervisor to its owner. */
export type SupervisorMessage =
  | { kind: 'ready' }
  | { kind: 'reply'; id: number; pid?: number; failure?: { message: string; code?: string } }
  | { kind: 'exit'; exit: ServiceExit };

/** A process that the supervisor started, as its owner knows it; `pid` is undefined once it has exited. */
interface KnownService {
  service: ServiceProcess;
  pid: number | undefined;
  startedAt: string | undefined;
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
type Reply = Extract<SupervisorMessage, { kind: 'reply' }>;

/** The owner's end of the channel to the supervisor. */
export interface SupervisorChannel {
  readonly pid: number;
  /** All services ever started, in this order. */
  readonly services: ReadonlyMap<string, KnownService>;
  /** Resolves once the supervisor and all services have exited. */
  readonly gone: Promise<void>;
  request(request: WithoutId<SupervisorRequest>): Promise<number | undefined>;
  listen(listener: (exit: ServiceExit) => void): () => void;
  close(): void;
}

/** Starts the supervisor in its own session and waits until it is ready. */
export async function openSupervisorChannel(path: string): Promise<SupervisorChannel> {
  const supervisor = spawn(process.execPath, [supervisorEntry()], {
    cwd: '/',
    env: { PATH: path },
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const services = new Map<string, KnownService>();
  const listeners = new Set<(exit: ServiceExit) => void>();
  const pending = new Map<
    number,
    { request: WithoutId<SupervisorRequest>; resolve: ReplyHandler }
  >();
  let nextId = 1;

  function announce(exit: ServiceExit): void {
    const known = services.get(exit.name);
    if (known) known.pid = undefined;
    for (const listener of [...listeners]) listener(exit);
  }

  function onReplyMessage(reply: Reply): void {
    const { request, resolve } = pending.get(reply.id) ?? {};
    pending.delete(reply.id);
    if (request?.kind === 'start' && reply.pid !== undefined) {
      const { service } = request;
      services.delete(service.name);
      const startedAt = runningProcess(reply.pid)?.startedAt;
      services.set(service.name, { service, pid: reply.pid, startedAt });
    }
    resolve?.(reply);
  }

  const ready = new Promise<void>((resolve, reject) => {
    supervisor.once('error', reject);
    supervisor.once('exit', () => reject(supervisorExited()));
    supervisor.on('message', (message: SupervisorMessage) => {
      if (message.kind === 'ready') resolve();
      else if (message.kind === 'exit') announce(message.exit);
      else onReplyMessage(message);
    });
  });
  const gone = new Promise<void>((resolve) => {
    supervisor.once('exit', async (code) => {
      for (const { resolve } of pending.values()) resolve(undefined);
      if (code !== 0) await stopOrphans(services, announce);
      resolve();
    });
  });

  function send(request: WithoutId<SupervisorRequest>): Promise<number | undefined> {
    const id = nextId++;
    return new Promise((resolve, reject) => {
      const onReply: ReplyHandler = (reply) => {
        if (!reply) reject(supervisorExited());
        else if (reply.failure) reject(Object.assign(new Error(), reply.failure));
        else resolve(reply.pid);
      };
      if (!supervisor.connected) return onReply(undefined);
      pending.set(id, { request, resolve: onReply });
      supervisor.send({ ...request, id }, (failure) => failure && onReply(undefined));
    });
  }

  await ready;
  return {
    pid: supervisor.pid ?? 0,
    services,
    gone,
    request: send,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      if (supervisor.connected) supervisor.disconnect();
    },
  };
}

type ReplyHandler = (reply: Reply | undefined) => void;

/** Stops the services of a killed supervisor, the last started first. */
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

/** In dist, next to this file; tests run from source and use the built one. */
function supervisorEntry(): string {
  const sibling = fileURLToPath(new URL('./supervisor-process.js', import.meta.url));
  return existsSync(sibling)
    ? sibling
    : join(dirname(sibling), '..', 'dist', 'supervisor-process.js');
}

export function supervisorExited(): Error {
  return localServiceFailed('The supervisor of the local services has exited: start again.');
}
