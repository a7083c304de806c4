import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bootstrapKey } from '@texas-ai/config';
import { type Owner, TexasError } from '@texas-ai/kernel';
import { assertPortFree, lockHome, startLocalServices } from '@texas-ai/local-services';
import { makeStore, migrate, openDatabase } from '@texas-ai/storage';
import { migrationTimeoutSeconds, pathWithClient } from '../database.js';
import type { CliDeps } from '../deps.js';
import { rejectUnsupportedRedis } from '../redis.js';
import { type ApiClient, makeApiClient } from './api-client.js';
import { type AppEnvironments, keepAlive, logFileOf, startApps } from './processes.js';
import { resumeUnfinished } from './resume-unfinished.js';
import type { StopRequest } from './stop-request.js';

export interface Running {
  api: ApiClient;
  url: string;
  key: string;
  /** Folder of the log files. */
  logs: string;
}

const readyTimeoutMs = 60_000;
const pollMs = 50;

/**
 * Starts the whole system: lock, private servers, migrations, api, worker. Resumes unfinished generations. The owner
 * closes everything. Throws `local_service_failed` and `config_invalid` with one sentence that says what to do.
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
      throw new TexasError(
        'local_service_failed',
        `METRICS_PORT and the next port must be below 65536 and differ from the API's port ${config.server.port}.`,
      );
    }
    await assertPortFree(config.server.host, port, 'METRICS_PORT');
  }
  await rejectUnsupportedRedis(deps);
  mkdirSync(logs, { recursive: true });

  const services = owner.own(
    await startLocalServices({
      home: config.home,
      environment,
      durable: true,
      // Downloads take a while on the first start; reported as progress, not as a log line.
      logger: {
        ...logger,
        info: (_message, fields) =>
          output.progress(
            `Downloading ${String(fields?.program)} (only once; nothing is installed system-wide)…`,
          ),
      },
      need: { postgres: config.database.url === null, redis: config.redis.url === null },
    }),
    (each) => each.stop(),
  );
  keepAlive(services.supervisor, {
    onRestart: (name) => output.progress(`The ${name} exited unexpectedly and is being restarted.`),
    onGiveUp: (name) => stop.fail(startFailure(name, logs)),
  });
  const databaseUrl = config.database.url ?? services.databaseUrl;
  const redisUrl = config.redis.url ?? services.redisUrl;
  if (databaseUrl === null || redisUrl === null) {
    throw new TexasError(
      'local_service_failed',
      'The private servers did not report their addresses.',
    );
  }
  stop.signal.throwIfAborted();

  const database = owner.own(
    openDatabase({
      ...config.database,
      url: databaseUrl,
      statementTimeoutSeconds: migrationTimeoutSeconds,
      applicationName: 'texas-start',
      logger,
    }),
    (each) => each.destroy(),
  );
  await Promise.all([
    migrate(database),
    startApps(services.supervisor, {
      root,
      logs,
      environments: appEnvironments(deps, { databaseUrl, redisUrl, once }),
    }),
  ]);
  const { host, port, basePath } = config.server;
  const url = `http://${hostForClients(host)}:${port}${basePath}`;
  const api = makeApiClient(url, key);
  await untilApiReady(api, logs, stop.signal);
  await resumeUnfinished({ logger, store: makeStore(database), redisUrl });
  return { api, url, key, logs };
}

/** This process's environment with the settings that differ in the apps. */
function appEnvironments(
  { config, environment }: CliDeps,
  { databaseUrl, redisUrl, once }: { databaseUrl: string; redisUrl: string; once: boolean },
): AppEnvironments {
  const api = {
    ...environment,
    PATH: pathWithClient(config.home, environment.PATH),
    ...(config.database.url === null && { DATABASE_URL: databaseUrl, DATABASE_URL_FILE: '' }),
    ...(config.redis.url === null && { REDIS_URL: redisUrl, REDIS_URL_FILE: '' }),
    // Only one day was requested, so no others are written and paid for.
    ...(once && { PLANNING_AUTOMATIC: 'false', PLANNING_AUTOMATIC_FILE: '' }),
  };
  const [, workerPort] = metricsPorts(config);
  const metrics = { METRICS_PORT: String(workerPort ?? ''), METRICS_PORT_FILE: '' };
  return { api, worker: { ...api, ...metrics } };
}

/** METRICS_PORT for the api and the next port for the worker; none if it is not set. */
function metricsPorts({ metrics: { port } }: CliDeps['config']): number[] {
  if (port === null) return [];
  return [port, port === 0 ? 0 : port + 1];
}

async function untilApiReady(api: ApiClient, logs: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + readyTimeoutMs;
  while (!(await api.isReady())) {
    signal.throwIfAborted();
    if (performance.now() > deadline) throw startFailure('api', logs);
    await delay(pollMs, undefined, { signal });
  }
}

function startFailure(name: string, logs: string): TexasError {
  return new TexasError(
    'local_service_failed',
    `The ${name} keeps exiting: ${lastLine(logFileOf(logs, name))} (full log: ${logFileOf(logs, name)}).`,
  );
}

function lastLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? 'its log is empty';
  } catch {
    return 'its log is empty';
  }
}

function hostForClients(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
