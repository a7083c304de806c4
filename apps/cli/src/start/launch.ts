import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bootstrapKey } from '@texas-ai/config';
import { type Owner, TexasError } from '@texas-ai/kernel';
import { assertPortFree, lockHome, startLocalServices } from '@texas-ai/local-services';
import { makeStore, migrate, openDatabase } from '@texas-ai/storage';
import type { CliDeps } from '../deps.js';
import { migrationSeconds } from '../migrate.js';
import { pathWithClient } from '../postgres-client.js';
import { refuseUnsupportedRedis } from '../redis.js';
import { type ApiClient, makeApiClient } from './api-client.js';
import { type AppEnvironments, keepAlive, logFileOf, startApps } from './processes.js';
import type { StopRequest } from './stop-request.js';
import { takeUpUnfinished } from './take-up.js';

export interface Running {
  api: ApiClient;
  url: string;
  key: string;
  /** Folder of the processes' logs. */
  logs: string;
}

const readyWithinMs = 60_000;
const pollMs = 50;

/**
 * Brings the whole system up: lock, private servers, migrations, api, worker. What was left
 * unfinished is taken up again. The owner closes all of it. Throws `local_service_failed` and
 * `config_invalid` with one sentence that says what to do.
 */
export async function launch(
  deps: CliDeps,
  owner: Owner,
  stop: StopRequest,
  { once }: { once: boolean },
): Promise<Running> {
  const { config, logger, output, root, environment } = deps;
  const key = bootstrapKey(config);
  const logs = join(config.home, 'logs');
  owner.own(await lockHome(config.home), (release) => release());
  await assertPortFree(config.server.host, config.server.port);
  for (const port of metricsPorts(config)) {
    if (port > 65_535 || (port > 0 && port === config.server.port)) {
      const another = `METRICS_PORT and the port after it must be other ones than ${config.server.port}, below 65536.`;
      throw new TexasError('local_service_failed', another);
    }
    await assertPortFree(config.server.host, port, 'METRICS_PORT');
  }
  await refuseUnsupportedRedis(deps);
  mkdirSync(logs, { recursive: true });

  const services = owner.own(
    await startLocalServices({
      home: config.home,
      environment,
      durable: true,
      // What takes a while on a first start is shown, without the form of a log line.
      logger: {
        ...logger,
        info: (_message, fields) =>
          output.progress(
            `Bringing ${String(fields?.program)} (once, without touching the system)…`,
          ),
      },
      need: { postgres: config.database.url === null, redis: config.redis.url === null },
    }),
    (each) => each.stop(),
  );
  keepAlive(services.guard, {
    onRestart: (name) => output.progress(`The ${name} ended unexpectedly; starting it again.`),
    onGivenUp: (name) => stop.because(givenUp(name, logs)),
  });
  const databaseUrl = config.database.url ?? services.databaseUrl;
  const redisUrl = config.redis.url ?? services.redisUrl;
  if (databaseUrl === null || redisUrl === null) {
    throw new TexasError('local_service_failed', 'The private servers did not say where they are.');
  }
  stop.signal.throwIfAborted();

  const database = owner.own(
    openDatabase({
      ...config.database,
      url: databaseUrl,
      statementTimeoutSeconds: migrationSeconds,
      applicationName: 'texas-start',
      logger,
    }),
    (each) => each.destroy(),
  );
  await Promise.all([
    migrate(database),
    startApps(services.guard, {
      root,
      logs,
      environments: appEnvironments(deps, { databaseUrl, redisUrl, once }),
    }),
  ]);
  const { host, port, basePath } = config.server;
  const url = `http://${hostForClients(host)}:${port}${basePath}`;
  const api = makeApiClient(url, key);
  await untilApiReady(api, logs, stop.signal);
  await takeUpUnfinished({ logger, store: makeStore(database), redisUrl });
  return { api, url, key, logs };
}

/** What the apps need to know beyond the environment that this process was given. */
function appEnvironments(
  { config, environment }: CliDeps,
  { databaseUrl, redisUrl, once }: { databaseUrl: string; redisUrl: string; once: boolean },
): AppEnvironments {
  const api = {
    ...environment,
    PATH: pathWithClient(config.home, environment.PATH),
    ...(config.database.url === null && { DATABASE_URL: databaseUrl, DATABASE_URL_FILE: '' }),
    ...(config.redis.url === null && { REDIS_URL: redisUrl, REDIS_URL_FILE: '' }),
    // One day was asked for, and no other is paid for.
    ...(once && { PLANNING_AUTOMATIC: 'false', PLANNING_AUTOMATIC_FILE: '' }),
  };
  const [, workerPort] = metricsPorts(config);
  const metrics = { METRICS_PORT: String(workerPort ?? ''), METRICS_PORT_FILE: '' };
  return { api, worker: { ...api, ...metrics } };
}

/** METRICS_PORT is the api's here, the worker has the one after it; none where none is set. */
function metricsPorts({ metrics: { port } }: CliDeps['config']): number[] {
  if (port === null) return [];
  return [port, port === 0 ? 0 : port + 1];
}

async function untilApiReady(api: ApiClient, logs: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (!(await api.isReady())) {
    signal.throwIfAborted();
    if (performance.now() > deadline) throw givenUp('api', logs);
    await pause(pollMs, undefined, { signal });
  }
}

function givenUp(name: string, logs: string): TexasError {
  return new TexasError(
    'local_service_failed',
    `The ${name} does not stay up: ${lastLine(logFileOf(logs, name))} (all of it in ${logFileOf(logs, name)}).`,
  );
}

function lastLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? 'it said nothing';
  } catch {
    return 'it said nothing';
  }
}

function hostForClients(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
