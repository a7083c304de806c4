import { localServiceFailed } from './failures.js';
import { guardEnded, openGuardChannel } from './guard-channel.js';
import type { ServiceExit, ServiceProcess } from './guarded-children.js';

export type ExitListener = (exit: ServiceExit) => void;

/**
 * The parent of every service. It stops them all when this process ends, however it ends; should
 * the guard itself be killed, this process stops what it knows of and announces it as unexpected.
 */
export interface Guard {
  readonly pid: number;
  /** Starts a process and answers its pid; rejects with the system's error (ENOENT and such). */
  spawn(service: ServiceProcess): Promise<number>;
  /** Starts a process and waits until it ends. */
  run(service: ServiceProcess): Promise<ServiceExit>;
  /** Starts once more what ran under this name and ended; for a listener of `onUnexpectedExit`. */
  restart(name: string): Promise<number>;
  /** Stops one process and waits until it is gone. */
  stop(name: string): Promise<void>;
  /** Stops all processes, the last started first; then the guard ends. */
  stopAll(): Promise<void>;
  /** Every end of a process; returns what ends the listening. */
  onExit(listener: ExitListener): () => void;
  /** Only the ends that nobody asked for by `stop` or `stopAll`. */
  onUnexpectedExit(listener: ExitListener): () => void;
}

/** Starts the guard. Of `environment` it takes PATH only, and hands none of it on. */
export async function startGuard(
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<Guard> {
  const channel = await openGuardChannel(environment.PATH ?? '');

  async function start(service: ServiceProcess): Promise<number> {
    const pid = await channel.request({ kind: 'start', service });
    if (pid === undefined) throw guardEnded();
    return pid;
  }

  async function run(service: ServiceProcess): Promise<ServiceExit> {
    let forget: () => void = () => undefined;
    const exited = new Promise<ServiceExit>((resolve) => {
      forget = channel.listen((exit) => {
        if (exit.name === service.name) resolve(exit);
      });
    });
    try {
      await start(service);
      return await exited;
    } finally {
      forget();
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
