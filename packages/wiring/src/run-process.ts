import {
  type Config,
  configExitCode,
  formatConfigProblems,
  ignoreLibpqVariables,
  loadConfig,
  processEnvironment,
  productVersion,
  secretsOf,
  settingsWithoutEffect,
} from '@texas-ai/config';
import { explain, TexasError } from '@texas-ai/kernel';
import { captureConsole, makeRedactor } from '@texas-ai/logging';
import { waitForMigrations } from '@texas-ai/storage';
import { serveMetrics, startTracing, type Tracing } from '@texas-ai/telemetry';
import type { ProcessDeps } from './process-deps.js';
import { keepHeapSmall } from './small-heap.js';

export interface ProcessStart {
  config: Config<string, string>;
  tracing: Tracing;
  /** Values to redact from the message about a failed start; `run` may add more. */
  secrets: string[];
}

/** Runs api or worker as configured by the environment. If it cannot start, prints the reason and exits. */
export async function runProcess(
  service: 'api' | 'worker',
  root: string,
  run: (start: ProcessStart) => Promise<void>,
): Promise<void> {
  const secrets: string[] = [];
  try {
    const config = loadConfig({ root, needs: { database: true, redis: true } });
    secrets.push(...secretsOf(config));
    const tracing = await startTracing({
      service: `texas-${service}`,
      version: productVersion(root),
      environment: processEnvironment(),
    });
    await run({ config, tracing, secrets });
  } catch (error) {
    const invalid = error instanceof TexasError && error.code === 'config_invalid';
    const message = invalid
      ? formatConfigProblems(error)
      : makeRedactor(secrets).text(`The ${service} could not start: ${explain(error)}`);
    process.stderr.write(`${message}\n`);
    process.exit(invalid ? configExitCode : 1);
  }
  keepHeapSmall();
}

/** Sets up everything that needs no server: the console, the environment and, if configured, the metrics port. */
export async function openProcess(
  deps: Pick<ProcessDeps, 'config' | 'logger' | 'metrics' | 'owner' | 'readiness'>,
): Promise<void> {
  const { config, logger, owner } = deps;
  captureConsole(logger);
  ignoreLibpqVariables(logger);
  const { port } = config.metrics;
  if (port === null) return;
  owner.own(await serveMetrics({ ...deps, host: config.server.host, port }), (each) =>
    each.close(),
  );
}

/** Waits for the migrated database, synchronises the profiles, and warns of settings without effect. */
export async function prepareDatabase(
  deps: Pick<ProcessDeps, 'config' | 'database' | 'store' | 'characters' | 'channels' | 'logger'>,
  signal: AbortSignal,
): Promise<void> {
  const { config, database, store, characters, channels, logger } = deps;
  await waitForMigrations(database, logger, signal);
  const changed = await store.characters.synchronise(characters);
  if (changed.length > 0) logger.info('profiles synchronised', { characters: changed });
  if (channels.length === 0) logger.warn('no alert channel is configured: alerts are not sent');
  const withoutEffect = settingsWithoutEffect(config);
  if (withoutEffect !== null) logger.warn(withoutEffect);
}
