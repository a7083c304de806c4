import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processEnvironment } from '@texas-ai/config';
import { startLocalServices } from '@texas-ai/local-services';
import { makeLogSpy, type StallingProxy, startStallingProxy, until } from '@texas-ai/testing';
import { root } from '../product.js';

/** A server that can be restarted; clients connect through proxies that stay. */
export interface FragileServer {
  /** Opens another stalling proxy with its own URL. */
  door(): Promise<Door>;
  /** Stops it cleanly and starts it on the same data. */
  restart(): Promise<void>;
  /** Kills it and starts it on the same data. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

export interface Door extends StallingProxy {
  url: string;
}

/** PostgreSQL or Redis on private data in the folder, which survive restarts. */
export async function startFragileServer(
  kind: 'postgres' | 'redis',
  folder: string,
): Promise<FragileServer> {
  const home = join(folder, kind);
  mkdirSync(home);
  // With root the servers run as another user, who needs access.
  chmodSync(home, 0o755);
  const doors: StallingProxy[] = [];
  const start = async () => {
    const services = await startLocalServices({
      home,
      binariesHome: join(root, '.local/test'),
      environment: processEnvironment(),
      durable: true,
      need: { postgres: kind === 'postgres', redis: kind === 'redis' },
      logger: makeLogSpy(),
    });
    const url = new URL((kind === 'postgres' ? services.databaseUrl : services.redisUrl) ?? '');
    return { services, url };
  };
  let running = await start();

  async function startAgain(): Promise<void> {
    await running.services.stop();
    running = await start();
  }

  return {
    async door() {
      const proxy = await startStallingProxy(() => Number(running.url.port));
      doors.push(proxy);
      const url = new URL(running.url);
      url.port = String(proxy.port);
      return { ...proxy, url: url.href };
    },
    restart: startAgain,
    async crash() {
      const pids = serversBelow(home);
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      await until(() => serversBelow(home).every((pid) => !pids.includes(pid)));
      await startAgain();
    },
    async stop() {
      await Promise.all(doors.map((door) => door.stop()));
      await running.services.stop();
    },
  };
}

/** The main processes of our servers in this home. */
function serversBelow(home: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        const isServer = /^[^\0]*(postgres|redis-server|valkey-server)[\0 ]/.test(command);
        return isServer && (command.includes(home) || readsFrom(name, home));
      } catch {
        return false;
      }
    })
    .map(Number);
}

function readsFrom(pid: string, home: string): boolean {
  return execFileSync('readlink', [`/proc/${pid}/cwd`], { encoding: 'utf8' }).startsWith(home);
}
