import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { localServiceFailed, systemCodeOf } from './failures.js';
import { findOrBringPostgres } from './find-or-bring.js';
import { placePostgresClient } from './postgres-client.js';
import {
  endLeftOverPostgres,
  majorOfCluster,
  makeCluster,
  runningPort,
} from './postgres-cluster.js';
import { keptPassword } from './secret.js';
import type { ServerOptions } from './server-options.js';
import { servicesFolders } from './services-home.js';
import { startServer } from './start-server.js';

const user = 'texas';
const database = 'texas';
const passwordName = 'postgresql-password';

/**
 * Starts a private PostgreSQL on a free loopback port and answers its URL; its data is made on the
 * first start. Throws `local_service_failed` with one sentence.
 */
export async function startPostgres(options: ServerOptions): Promise<string> {
  const { home, guard, durable, logFile } = options;
  const folder = join(home.folder, 'postgresql');
  const passwordFile = join(home.folder, passwordName);
  const major = majorOfCluster(folder);
  if (major !== undefined && !existsSync(passwordFile)) {
    throw localServiceFailed(
      `The password of the data in ${folder} is lost: put ${passwordFile} back, or move the data folder away to begin anew.`,
    );
  }
  const password = keptPassword(passwordFile);
  const binaries = await findOrBringPostgres(options, major);
  placePostgresClient(home.folder, binaries);
  if (major !== undefined) await endLeftOverPostgres(folder);
  else await makeCluster(folder, { binaries, account: home.account, user, password, durable });

  const port = await startServer({
    label: 'PostgreSQL',
    guard,
    folder: home.folder,
    processOn: (freePort) => ({
      name: 'postgresql',
      command: binaries.postgres,
      args: ['-D', folder, ...settings(freePort, durable)],
      env: { ...binaries.env, LC_ALL: 'C' },
      cwd: folder,
      logFile,
      stopSignals: ['SIGINT', 'SIGQUIT'],
      ...home.account,
    }),
    answersOn: (itsPort) => answers(urlOf(password, itsPort, 'postgres')),
  });
  return urlOf(password, port, database);
}

/**
 * The URL of the private PostgreSQL that runs for this TEXAS_HOME; null where none does. Starts and
 * makes nothing. Throws `local_service_failed` where its password may not be read.
 */
export function runningDatabaseUrl(home: string): string | null {
  const { inside, elsewhere } = servicesFolders(home);
  for (const folder of [inside, elsewhere]) {
    const port = runningPort(join(folder, 'postgresql'));
    if (port !== undefined) return urlOf(readPassword(join(folder, passwordName)), port, database);
  }
  return null;
}

function urlOf(password: string, port: number, name: string): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/${name}`;
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (failure) {
    throw localServiceFailed(
      `${file} cannot be read: run this as the user who started Texas AI.`,
      failure,
    );
  }
}

function settings(port: number, durable: boolean): string[] {
  const values: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    // A path below TEXAS_HOME may be longer than a socket's may be.
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    // Nobody replicates it, so less is written ahead.
    wal_level: 'minimal',
    max_wal_senders: '0',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

/** Whether the server takes commands; makes our database where it is missing. */
async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000, ssl: false });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [
      database,
    ]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
    return true;
  } catch (failure) {
    if (systemCodeOf(failure) !== '28P01') return false;
    throw localServiceFailed('The kept password is not that of the data: restore both together.');
  } finally {
    await client.end().catch(() => undefined);
  }
}
