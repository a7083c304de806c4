import { chownSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { explainFileFailure } from './failures.js';
import { findOrBringRedis } from './find-or-bring.js';
import { makeFolder } from './folders.js';
import { endProcess, runsIn } from './running.js';
import { keptPassword, writePrivately } from './secret.js';
import type { ServerOptions } from './server-options.js';
import { startServer } from './start-server.js';

/**
 * Starts a private Redis on a free loopback port and answers its URL. What is queued is on disk
 * within a second and nothing is evicted. Throws `local_service_failed` with one sentence.
 */
export async function startRedis(options: ServerOptions): Promise<string> {
  const { home, guard, logFile } = options;
  const binaries = await findOrBringRedis(options);
  const folder = join(home.folder, 'redis');
  const password = keptPassword(join(home.folder, 'redis-password'));
  const configFile = join(folder, 'redis.conf');
  const configure = (port: number) => {
    writePrivately(configFile, configuration(options, { port, folder, password }));
    if (!home.account) return;
    for (const path of [folder, configFile]) chownSync(path, home.account.uid, home.account.gid);
  };
  try {
    makeFolder(folder, 0o700);
    await endLeftOver(folder);
    const port = await startServer({
      label: 'Redis',
      guard,
      folder: home.folder,
      processOn: (freePort) => {
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
      answersOn: (port) => answers(port, password),
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
    `dir "${quoted(folder)}"`,
    `pidfile "${quoted(pidFileOf(folder))}"`,
    'daemonize no',
    'save ""',
    `appendonly ${durable ? 'yes' : 'no'}`,
    'appendfsync everysec',
    'maxmemory-policy noeviction',
    // Redis logs to its standard output, which the guard appends to a file.
    'logfile ""',
  ];
  return `${lines.join('\n')}\n`;
}

/** As it stands between the double quotes of Redis' configuration. */
function quoted(path: string): string {
  return path.replace(/["\\]/g, '\\$&');
}

/** A server that a killed run left on this data is stopped; its pid file alone proves nothing. */
async function endLeftOver(folder: string): Promise<void> {
  const file = pidFileOf(folder);
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8'));
  if (runsIn(pid, folder, /^(redis|valkey)/)) await endProcess(pid, ['SIGTERM'], 10_000);
}

/** While it reads its data it answers with an error. */
async function answers(port: number, password: string): Promise<boolean> {
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
    // On a connection that is closed already it would leave a timer of two seconds.
    if (redis.status === 'ready') redis.disconnect();
  }
}
