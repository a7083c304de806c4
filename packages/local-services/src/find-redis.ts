import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { programVersion } from '@texas-ai/kernel';
import type { Apt } from './apt.js';
import { libraryPathOf } from './bring.js';
import type { FindOptions } from './find-postgres.js';
import type { Account } from './services-home.js';

export interface RedisBinaries {
  /** redis-server or valkey-server. */
  server: string;
  /** What the program needs in its environment: LD_LIBRARY_PATH where it was brought. */
  env: Readonly<Record<string, string>>;
}

/** The servers that will do, with the oldest major of each; also the names of their packages. */
const servers = [
  { name: 'redis-server', oldest: 7 },
  { name: 'valkey-server', oldest: 8 },
] as const;

const systemFolders = [
  '/usr/bin',
  '/usr/local/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/redis/bin',
  '/opt/homebrew/opt/valkey/bin',
  '/usr/local/opt/redis/bin',
  '/usr/local/opt/valkey/bin',
  '/home/linuxbrew/.linuxbrew/bin',
];

/** The first Redis of at least 7, or Valkey of at least 8; undefined where there is none. */
export async function findRedis(options: FindOptions): Promise<RedisBinaries | undefined> {
  const folders = [...options.path.split(delimiter).filter(Boolean), ...systemFolders];
  for (const folder of new Set(folders)) {
    const found = await redisIn(folder, {}, options.account);
    if (found) return found;
  }
  return redisInTree(options.brought, options.account);
}

/** Redis of an unpacked tree that runs. */
export function redisInTree(
  tree: string,
  account: Account | undefined,
): Promise<RedisBinaries | undefined> {
  return redisIn(join(tree, 'usr', 'bin'), { LD_LIBRARY_PATH: libraryPathOf(tree) }, account);
}

/**
 * The packages of a server that is new enough: the program itself is in the tools, which may be installed
 * here without the server.
 */
export async function redisPackages(apt: Apt): Promise<string[] | undefined> {
  for (const { name, oldest } of servers) {
    const version = await apt.candidate(name);
    if (version === undefined || Number.parseInt(version, 10) < oldest) continue;
    return [name, name.replace('-server', '-tools')];
  }
  return undefined;
}

async function redisIn(
  folder: string,
  env: Readonly<Record<string, string>>,
  account: Account | undefined,
): Promise<RedisBinaries | undefined> {
  for (const { name, oldest } of servers) {
    const server = join(folder, name);
    if (!existsSync(server)) continue;
    const version = await programVersion(server, { env, account });
    if (version !== undefined && Number.parseInt(version, 10) >= oldest) return { server, env };
  }
  return undefined;
}
