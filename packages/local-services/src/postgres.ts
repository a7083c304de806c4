import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { localServiceFailed, systemCodeOf } from './failures.js';
import { findOrDownloadPostgres } from './find-or-download.js';
import { placePostgresClient } from './postgres-client.js';
import {
  majorOfCluster,
  makeCluster,
  runningPort,
  stopLeftoverPostgres,
} from './postgres-cluster.js';
import { storedPassword } from './secret.js';
import { servicesFolders } from './services-home.js';
import { type ServerOptions, startServer } from './start-server.js';

const user = 'texas';
const database = 'texas';
const passwordName = 'postgresql-password';

/**
 * Starts a private PostgreSQL on a free loopback port and returns its URL; creates its data first if necessary.
 * Throws `local_service_failed` with one sentence.
 */
export async function startPostgres(options: ServerOptions): Promise<string> {
  const { home, supervisor, durable, logFile } = options;
  const folder = join(home.folder, 'postgresql');
  const passwordFile = join(home.folder, passwordName);
  const major = majorOfCluster(folder);
  if (major !== undefined && !existsSync(passwordFile)) {
    throw localServiceFailed(
      `The password of the data in ${folder} is lost: restore ${passwordFile}, or move the data folder away to start with an empty one.`,
    );
  }
  const password = storedPassword(passwordFile);
  const binaries = await findOrDownloadPostgres(options, major);
  placePostgresClient(home.folder, binaries);
  if (major !== undefined) await stopLeftoverPostgres(folder);
  else await makeCluster(folder, { binaries, account: home.account, user, password, durable });

  const port = await startServer({
    label: 'PostgreSQL',
    supervisor,
    folder: home.folder,
    serviceOn: (freePort) => ({
      name: 'postgresql',
      command: binaries.postgres,
      args: ['-D', folder, ...settings(freePort, durable)],
      env: { ...binaries.env, LC_ALL: 'C' },
      cwd: folder,
      logFile,
      stopSignals: ['SIGINT', 'SIGQUIT'],
      ...home.account,
    }),
    acceptsOn: (servicePort) => accepts(urlOf(password, servicePort, 'postgres')),
  });
  return urlOf(password, port, database);
}

/**
 * Returns the URL of the private PostgreSQL running for this TEXAS_HOME; null if there is none. Throws
 * `local_service_failed` if its password cannot be read.
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
    // Paths in TEXAS_HOME may exceed the maximum length of a socket path.
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    // There is no replication.
    wal_level: 'minimal',
    max_wal_senders: '0',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

/** Returns true once the server accepts commands; creates our database if it is missing. */
async function accepts(connectionString: string): Promise<boolean> {
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
    throw localServiceFailed('The stored password does not match the data: restore both together.');
  } finally {
    await client.end().catch(() => undefined);
  }
}
