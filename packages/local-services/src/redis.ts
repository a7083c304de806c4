import { chownSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { explainFileFailure } from './failures.js';
import { findOrDownloadRedis } from './find-or-download.js';
import { makeFolder } from './folders.js';
import { endProcess, runsIn } from './running.js';
import { storedPassword, writePrivately } from './secret.js';
import { type ServerOptions, startServer } from './start-server.js';

/**
 * Starts a private Redis on a free loopback port and returns its URL. Writes reach the disk within a second, and
 * nothing is evicted. Throws `local_service_failed` with one sentence.
 */
export async function startRedis(options: ServerOptions): Promise<string> {
  const { home, supervisor, logFile } = options;
  const binaries = await findOrDownloadRedis(options);
  const folder = join(home.folder, 'redis');
  const password = storedPassword(join(home.folder, 'redis-password'));
  const configFile = join(folder, 'redis.conf');
  const configure = (port: number) => {
    writePrivately(configFile, configuration(options, { port, folder, password }));
    if (!home.account) return;
    for (const path of [folder, configFile]) chownSync(path, home.account.uid, home.account.gid);
  };
  try {
    makeFolder(folder, 0o700);
    await stopLeftover(folder);
    const port = await startServer({
      label: 'Redis',
      supervisor,
      folder: home.folder,
      serviceOn: (freePort) => {
        configure(freePort);
        return {
          name: 'redis',
          command: binaries.server,
          args: [configFile],
          env: { ...binaries.env, LC_ALL: 'C' },
          cwd: folder,
          logFile,
          ...home.account,
        };
      },
      acceptsOn: (port) => accepts(port, password),
    });
    return `redis://:${password}@127.0.0.1:${port}`;
  } catch (failure) {
    throw explainFileFailure(failure, home.folder);
  }
}

const pidFileOf = (folder: string) => join(folder, 'redis.pid');

function configuration(
  { durable }: ServerOptions,
  { port, folder, password }: { port: number; folder: string; password: string },
): string {
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${escaped(folder)}"`,
    `pidfile "${escaped(pidFileOf(folder))}"`,
    'daemonize no',
    'save ""',
    `appendonly ${durable ? 'yes' : 'no'}`,
    'appendfsync everysec',
    'maxmemory-policy noeviction',
    // Redis logs to its standard output, which the supervisor appends to a file.
    'logfile ""',
  ];
  return `${lines.join('\n')}\n`;
}

/** Escapes a path for double quotes in Redis' configuration. */
function escaped(path: string): string {
  return path.replace(/["\\]/g, '\\$&');
}

/** Stops the server that a killed run left on these data; its pid file may be outdated. */
async function stopLeftover(folder: string): Promise<void> {
  const file = pidFileOf(folder);
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8'));
  if (runsIn(pid, folder, /^(redis|valkey)/)) await endProcess(pid, ['SIGTERM'], 10_000);
}

/** Returns true once the server accepts commands; while it loads its data it replies with an error. */
async function accepts(port: number, password: string): Promise<boolean> {
  const redis = new Redis(port, '127.0.0.1', {
    password,
    lazyConnect: true,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    // On a closed connection `disconnect` leaves a timer of two seconds.
    if (redis.status === 'ready') redis.disconnect();
  }
}
