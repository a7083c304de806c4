import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import type { Logger } from '@texas-ai/kernel';
import { type Servers, withPostgres, withRedis } from './servers.js';

/** The machine of a run. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  os: string;
  node: string;
  postgresql: string;
  redis: string;
}

export async function describeMachine(servers: Servers, logger: Logger): Promise<Machine> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round((totalmem() / 1e9) * 10) / 10,
    os: `${distribution()}, ${process.platform} ${release().replace(/-.*/, '')} ${process.arch}`,
    node: process.versions.node,
    ...(await serverVersions(servers, logger)),
  };
}

async function serverVersions({ databaseUrl, redisUrl }: Servers, logger: Logger) {
  const postgresql = await withPostgres(databaseUrl, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? 'unknown';
  });
  const redis = await withRedis(redisUrl, logger, async (client) => {
    const info = await client.info('server');
    return /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown';
  });
  return { postgresql, redis };
}

function distribution(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  } catch {
    return 'unknown';
  }
}
