import { once } from 'node:events';
import type { Server } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { bootstrapKey } from '@texas-ai/config';
import { TexasError } from '@texas-ai/kernel';
import { openProcess, prepareDatabase, runProcess } from '@texas-ai/wiring';
import closeWithGrace from 'close-with-grace';
import { type ApiDeps, makeDeps, root } from './deps.js';
import { makeServer } from './server.js';
import { stopServing, unusedConnections } from './stop-serving.js';

export function run(): Promise<void> {
  return runProcess('api', root, ({ config, tracing, secrets }) => {
    const internalApiKey = bootstrapKey(config);
    secrets.push(internalApiKey);
    return serve(makeDeps({ config, internalApiKey, tracing }));
  });
}

/** The part of the shutdown time reserved for closing PostgreSQL and Redis. */
const closingMs = 500;

/** Serves until the process receives a stop signal, then shuts down gracefully. */
async function serve(deps: ApiDeps): Promise<void> {
  const { config, logger, readiness, streams, tracing, owner } = deps;
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
  await openProcess(deps);
  await listen(server, config.server);
  logger.info('api listening', { host: config.server.host, port: config.server.port });
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

async function getReady(deps: ApiDeps, signal: AbortSignal) {
  const { keys, restoreDetector, logger, readiness } = deps;
  await prepareDatabase(deps, signal);
  keys.start();
  restoreDetector.start();
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
