import { once } from 'node:events';
import type { Server } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import {
  bootstrapKey,
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
import { serveMetrics, startTracing } from '@texas-ai/telemetry';
import closeWithGrace from 'close-with-grace';
import { type ApiDeps, makeDeps, root } from './deps.js';
import { makeServer } from './server.js';
import { stopServing, unusedConnections } from './stop-serving.js';

/** Runs the api as configured by the environment. If it cannot start, prints why and exits. */
export async function run(): Promise<void> {
  let redactor = makeRedactor([]);
  try {
    const config = loadConfig({ root, needs: { database: true, redis: true } });
    const internalApiKey = bootstrapKey(config);
    redactor = makeRedactor([...secretsOf(config), internalApiKey]);
    const environment = processEnvironment();
    const version = productVersion(root);
    const tracing = await startTracing({ service: 'texas-api', version, environment });
    await serve(makeDeps({ config, internalApiKey, tracing }));
  } catch (error) {
    const invalid = error instanceof TexasError && error.code === 'config_invalid';
    const message = invalid
      ? formatConfigProblems(error)
      : redactor.text(`The api could not start: ${explain(error)}`);
    process.stderr.write(`${message}\n`);
    process.exit(invalid ? configExitCode : 1);
  }
}

/** The part of the shutdown time reserved for closing PostgreSQL and Redis. */
const closingMs = 500;

/** Serves until the process is told to stop, then shuts down gracefully. */
async function serve(deps: ApiDeps): Promise<void> {
  const { config, logger, readiness, streams, tracing, owner } = deps;
  captureConsole(logger);
  ignoreLibpqVariables(logger);
  const server = makeServer(deps);
  const unused = unusedConnections(server);
  const { drainSeconds, shutdownSeconds } = config.server;
  // At least half of the time is left to finish active requests.
  const drainMs = Math.min(drainSeconds, shutdownSeconds / 2) * 1000;
  const finishMs = shutdownSeconds * 1000 - drainMs - closingMs - tracing.stopTimeoutMs;
  const starting = new AbortController();
  closeWithGrace({ delay: shutdownSeconds * 1000, logger: false }, async (reason) => {
    if (reason.err) logger.error('api failed', { error: reason.err });
    starting.abort();
    await stopServing({ server, unused, readiness, streams, logger, drainMs, finishMs });
    await tracing.stop(logger);
    await owner.closeAll();
  });
  await listen(server, config.server);
  const { port } = config.metrics;
  if (port !== null) {
    owner.own(await serveMetrics({ ...deps, host: config.server.host, port }), (each) =>
      each.close(),
    );
  }
  logger.info('api listens', { host: config.server.host, port: config.server.port });
  await start(deps, starting.signal);
}

async function start(deps: ApiDeps, signal: AbortSignal) {
  const { redisSupported } = deps;
  // Before the database is ready, so that an outage at startup raises an alert.
  deps.monitor.start();
  try {
    // The api serves without Redis, which may become reachable later and turn out to be unsuitable.
    await Promise.all([getReady(deps, signal), redisSupported.queues(), redisSupported.cache()]);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function getReady(
  {
    config,
    database,
    store,
    characters,
    keys,
    restoreDetector,
    channels,
    logger,
    readiness,
  }: ApiDeps,
  signal: AbortSignal,
) {
  await waitForMigrations(database, logger, signal);
  const changed = await store.characters.synchronise(characters);
  if (changed.length > 0) logger.info('profiles synchronised', { characters: changed });
  keys.start();
  restoreDetector.start();
  if (channels.length === 0) logger.warn('no alert channel is configured: nobody is warned');
  const withoutEffect = settingsWithoutEffect(config);
  if (withoutEffect !== null) logger.warn(withoutEffect);
  readiness.started = true;
  // See main.ts.
  setFlagsFromString('--semi-space-growth-factor=2');
  logger.info('api ready');
}

async function listen(server: Server, { host, port }: { host: string; port: number }) {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown';
    const reason =
      code === 'EADDRINUSE'
        ? `Port ${port} on ${host} is already in use. Stop the other program or set PORT.`
        : `Cannot listen on ${host}:${port} (${code}). Set HOST and PORT to something free.`;
    throw new TexasError('local_service_failed', reason, { cause: error });
  }
}
