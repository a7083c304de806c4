import { readFileSync } from 'node:fs';
import getPort from 'get-port';
import { explainFolder, explainOutput, localServiceFailed } from './failures.js';
import type { Guard } from './guard.js';
import type { ServiceProcess } from './guarded-children.js';
import { waitUntil } from './running.js';

export interface StartServerOptions {
  /** What people call it: `PostgreSQL`. */
  label: string;
  guard: Guard;
  /** The services' home, to blame where its disk is full. */
  folder: string;
  /** The process that listens on this port. */
  processOn: (port: number) => ServiceProcess;
  /** Whether it takes commands there. */
  answersOn: (port: number) => Promise<boolean>;
}

/** Recovery after a crash reads what was written since the last checkpoint. */
const readyWithinMs = 60_000;
const mostTries = 5;
/** Another process took the port, or the last children of a killed server are about to end. */
const worthAnotherTry = /Address already in use|pre-existing shared memory block/i;

/**
 * Starts a server on a free loopback port and answers the port once it takes commands.
 * Throws `local_service_failed` with one sentence that says why it does not.
 */
export async function startServer(options: StartServerOptions, tries = 1): Promise<number> {
  const { label, guard, folder, processOn, answersOn } = options;
  const port = await getPort({ host: '127.0.0.1' });
  const service = processOn(port);
  let ended = false;
  const forget = guard.onExit(({ name }) => {
    if (name === service.name) ended = true;
  });
  try {
    await guard.spawn(service);
    const settled = await waitUntil(async () => ended || (await answersOn(port)), readyWithinMs);
    if (settled && !ended) return port;
  } finally {
    forget();
  }
  const output = readFileSync(service.logFile, 'utf8').slice(-4000);
  if (ended && tries < mostTries && worthAnotherTry.test(output)) {
    return startServer(options, tries + 1);
  }
  throw (
    explainOutput(output, folder) ??
    explainFolder(folder) ??
    localServiceFailed(`${label} does not start: ${lastLine(output)} (see ${service.logFile}).`)
  );
}

/** The last line that a program wrote: as a rule, why it gave up. */
export function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) || 'it said nothing';
}
