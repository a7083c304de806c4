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
  /** The repository's root, which holds `config/`. */
  root: string;
  config: Config;
  /** As this process was given it; handed on to the processes it starts. */
  environment: ProcessEnvironment;
  /** Warnings and errors only, on stderr. */
  logger: Logger;
  /** By default requests go out directly. */
  egress?: Egress;
  output: Output;
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
  // They do not apply to the private server of `npm start`.
  if (config.database.url === null) dropLibpqVariables();
  else ignoreLibpqVariables(logger);
  const egress = useProxy(config.proxy, (message) => logger.warn(message));
  return { root, config, environment, logger, egress, output: terminal };
}
