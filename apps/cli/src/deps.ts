import { fileURLToPath } from 'node:url';
import {
  type Config,
  dropLibpqVariables,
  ignoreLibpqVariables,
  loadConfig,
  type ProcessEnvironment,
  processEnvironment,
  secretsOf,
} from '@texas-ai/config';
import { type Egress, useProxy } from '@texas-ai/egress';
import type { Logger } from '@texas-ai/kernel';
import { captureConsole, makeLogger } from '@texas-ai/logging';
import { type Output, terminal } from './output.js';

export interface CliDeps {
  /** Root of the repository, which contains `config/`. */
  root: string;
  config: Config;
  /** This process's environment, passed on to child processes. */
  environment: ProcessEnvironment;
  /** Writes warnings and errors to stderr. */
  logger: Logger;
  /** Default: direct connections. */
  egress?: Egress;
  output: Output;
  /** Aborted by Ctrl-C or SIGTERM, so that the command can clean up. Installs the signal handlers. */
  stopSignal(): AbortSignal;
}

/** Wires the command line of this process. Throws `config_invalid`. */
export function makeDeps(): CliDeps {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const environment = processEnvironment();
  const config = loadConfig({ root, environment, needs: { database: false, redis: false } });
  const logger = makeLogger({
    service: 'cli',
    level: 'warn',
    format: config.logging.format,
    secrets: secretsOf(config),
    stream: process.stderr,
  });
  captureConsole(logger);
  // The private server of `npm start` needs no warning.
  if (config.database.url === null) dropLibpqVariables();
  else ignoreLibpqVariables(logger);
  const egress = useProxy(config.proxy, (message) => logger.warn(message));
  return { root, config, environment, logger, egress, output: terminal, stopSignal };
}

let stopping: AbortController | undefined;

function stopSignal(): AbortSignal {
  if (stopping) return stopping.signal;
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => controller.abort());
  }
  stopping = controller;
  return controller.signal;
}
