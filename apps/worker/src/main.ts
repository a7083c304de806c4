import {
  configExitCode,
  formatConfigProblems,
  ignoreLibpqVariables,
  loadConfig,
  processEnvironment,
  productVersion,
  secretsOf,
  settingsWithoutEffect,
  unknownPrice,
} from '@texas-ai/config';
import type { Consumer } from '@texas-ai/jobs';
import { explain, TexasError } from '@texas-ai/kernel';
import { captureConsole, makeRedactor } from '@texas-ai/logging';
import { waitForMigrations } from '@texas-ai/storage';
import { serveMetrics, startTracing } from '@texas-ai/telemetry';
import closeWithGrace from 'close-with-grace';
import { makeDeps, root, type WorkerDeps } from './deps.js';
import { startWork } from './work.js';

let redactor = makeRedactor([]);
try {
  const config = loadConfig({ root, needs: { database: true, redis: true } });
  redactor = makeRedactor(secretsOf(config));
  const tracing = await startTracing({
    service: 'texas-worker',
    version: productVersion(root),
    environment: processEnvironment(),
  });
  await run(makeDeps(config, { tracing }));
} catch (error) {
  const invalid = error instanceof TexasError && error.code === 'config_invalid';
  const message = invalid
    ? formatConfigProblems(error)
    : redactor.text(`The worker could not start: ${explain(error)}`);
  process.stderr.write(`${message}\n`);
  process.exit(invalid ? configExitCode : 1);
}

/** Runs until a shutdown signal; active jobs get a grace period, then are aborted. */
async function run(deps: WorkerDeps) {
  const { config, logger, readiness, redisSupported, tracing, owner } = deps;
  captureConsole(logger);
  ignoreLibpqVariables(logger);
  const starting = new AbortController();
  let consumer: Consumer | null = null;
  const graceMs = config.server.shutdownSeconds * 1000;
  closeWithGrace({ delay: graceMs + 5000, logger: false }, async (reason) => {
    if (reason.err) logger.error('worker failed', { error: reason.err });
    starting.abort();
    readiness.draining = true;
    await consumer?.close(AbortSignal.timeout(graceMs));
    await tracing.stop(logger);
    await owner.closeAll();
  });
  const { port } = config.metrics;
  if (port !== null) {
    owner.own(await serveMetrics({ ...deps, host: config.server.host, port }), (each) =>
      each.close(),
    );
  }
  try {
    const work = async () => {
      await prepare(deps, starting.signal);
      consumer = await startWork(deps);
      readiness.started = true;
      logger.info('worker ready', { worker: deps.id, queues: consumer.queues });
    };
    // An unavailable cache delays nothing.
    await Promise.all([work(), redisSupported.cache()]);
  } catch (error) {
    if (!starting.signal.aborted) throw error;
  }
}

async function prepare(deps: WorkerDeps, signal: AbortSignal) {
  const { config, database, store, characters, channels, redisSupported, logger } = deps;
  await Promise.all([waitForMigrations(database, logger, signal), redisSupported.queues()]);
  await store.characters.synchronise(characters);
  if (channels.length === 0) logger.warn('no alert channel is configured: nobody is warned');
  for (const warning of [unknownPrice(config), settingsWithoutEffect(config)]) {
    if (warning !== null) logger.warn(warning);
  }
}
