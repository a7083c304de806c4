import { readFileSync } from 'node:fs';
import getPort from 'get-port';
import { explainFolder, explainOutput, localServiceFailed } from './failures.js';
import type { FindOrDownloadOptions } from './find-or-download.js';
import { waitUntil } from './running.js';
import type { ServicesHome } from './services-home.js';
import type { ServiceProcess } from './supervised-children.js';
import type { Supervisor } from './supervisor.js';

/** The options of `startPostgres` and `startRedis`. */
export interface ServerOptions extends FindOrDownloadOptions {
  home: ServicesHome;
  supervisor: Supervisor;
  /** False for tests, whose data need not survive a power cut. */
  durable: boolean;
  /** The server's output. */
  logFile: string;
}

export interface StartServerOptions {
  /** The display name: `PostgreSQL`. */
  label: string;
  supervisor: Supervisor;
  /** The home of the services, for errors about its disk. */
  folder: string;
  /** The process to start on this port. */
  serviceOn: (port: number) => ServiceProcess;
  /** Returns true once it accepts commands on this port. */
  acceptsOn: (port: number) => Promise<boolean>;
}

/** Crash recovery may take a while. */
const readyWithinMs = 60_000;
const maxAttempts = 5;
/** Another process took the port, or the children of a killed server are still exiting. */
const transientErrors = /Address already in use|pre-existing shared memory block/i;

/**
 * Starts a server on a free loopback port and returns the port once it accepts commands. Throws
 * `local_service_failed` with the reason if it does not start.
 */
export async function startServer(options: StartServerOptions, attempt = 1): Promise<number> {
  const { label, supervisor, folder, serviceOn, acceptsOn } = options;
  const port = await getPort({ host: '127.0.0.1' });
  const service = serviceOn(port);
  let exited = false;
  const unsubscribe = supervisor.onExit(({ name }) => {
    if (name === service.name) exited = true;
  });
  try {
    await supervisor.spawn(service);
    const isDecided = await waitUntil(async () => exited || (await acceptsOn(port)), readyWithinMs);
    if (isDecided && !exited) return port;
  } finally {
    unsubscribe();
  }
  const output = readFileSync(service.logFile, 'utf8').slice(-4000);
  if (exited && attempt < maxAttempts && transientErrors.test(output)) {
    return startServer(options, attempt + 1);
  }
  throw (
    explainOutput(output, folder) ??
    explainFolder(folder) ??
    localServiceFailed(`${label} failed to start: ${lastLine(output)} (see ${service.logFile}).`)
  );
}

/** Returns the last line of a program's output, usually the reason why it failed. */
export function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) || 'it printed nothing';
}
