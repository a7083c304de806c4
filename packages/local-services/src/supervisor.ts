import { localServiceFailed } from './failures.js';
import type { ServiceExit, ServiceProcess } from './supervised-children.js';
import { openSupervisorChannel, supervisorExited } from './supervisor-channel.js';

export type ExitListener = (exit: ServiceExit) => void;

/**
 * The parent process of every service. It stops them all when this process exits, for whatever reason. If the
 * supervisor itself is killed, this process stops the services and reports their exits as unexpected.
 */
export interface Supervisor {
  readonly pid: number;
  /** Starts a process and returns its pid; rejects with the system's error (such as ENOENT). */
  spawn(service: ServiceProcess): Promise<number>;
  /** Starts a process and waits until it exits. */
  run(service: ServiceProcess): Promise<ServiceExit>;
  /** Restarts the exited service of this name; for listeners of `onUnexpectedExit`. */
  restart(name: string): Promise<number>;
  /** Stops a service and waits until it has exited. */
  stop(name: string): Promise<void>;
  /** Stops all services, the last started first, and then the supervisor. */
  stopAll(): Promise<void>;
  /** Calls the listener on every exit; returns an unsubscribe function. */
  onExit(listener: ExitListener): () => void;
  /** The same, except for exits caused by `stop` or `stopAll`. */
  onUnexpectedExit(listener: ExitListener): () => void;
}

/** Starts the supervisor with the PATH of `environment`; services do not inherit any of it. */
export async function startSupervisor(
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<Supervisor> {
  const channel = await openSupervisorChannel(environment.PATH ?? '');

  async function start(service: ServiceProcess): Promise<number> {
    const pid = await channel.request({ kind: 'start', service });
    if (pid === undefined) throw supervisorExited();
    return pid;
  }

  async function run(service: ServiceProcess): Promise<ServiceExit> {
    let unsubscribe: () => void = () => undefined;
    const exited = new Promise<ServiceExit>((resolve) => {
      unsubscribe = channel.listen((exit) => {
        if (exit.name === service.name) resolve(exit);
      });
    });
    try {
      await start(service);
      return await exited;
    } finally {
      unsubscribe();
    }
  }

  async function restart(name: string): Promise<number> {
    const known = channel.services.get(name);
    if (!known) throw localServiceFailed(`No service named ${name} was ever started.`);
    return start(known.service);
  }

  return {
    pid: channel.pid,
    spawn: start,
    run,
    restart,
    stop: async (name) => void (await channel.request({ kind: 'stop', name })),
    async stopAll() {
      channel.close();
      await channel.gone;
    },
    onExit: channel.listen,
    onUnexpectedExit: (listener) =>
      channel.listen((exit) => {
        if (!exit.expected) listener(exit);
      }),
  };
}
