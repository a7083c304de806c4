import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { programVersion } from '@texas-ai/kernel';
import type { Apt } from './apt.js';
import { libraryPathOf } from './download-packages.js';
import type { FindOptions } from './find-postgres.js';
import type { Account } from './services-home.js';

export interface RedisBinaries {
  /** redis-server or valkey-server. */
  server: string;
  /** The environment of the program: LD_LIBRARY_PATH if it was downloaded. */
  env: Readonly<Record<string, string>>;
}

/** Supported servers, which are also the names of their packages, with the oldest major version of each. */
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

/** Returns the first Redis 7 or later, or Valkey 8 or later; undefined if there is none. */
export async function findRedis(options: FindOptions): Promise<RedisBinaries | undefined> {
  const folders = [...options.path.split(delimiter).filter(Boolean), ...systemFolders];
  for (const folder of new Set(folders)) {
    const found = await redisIn(folder, {}, options.account);
    if (found) return found;
  }
  return redisInTree(options.downloaded, options.account);
}

/** Returns the Redis of an unpacked tree; undefined unless it runs. */
export function redisInTree(
  tree: string,
  account: Account | undefined,
): Promise<RedisBinaries | undefined> {
  return redisIn(join(tree, 'usr', 'bin'), { LD_LIBRARY_PATH: libraryPathOf(tree) }, account);
}

/** Returns the packages of a recent enough server. The program itself is in the tools, which may be installed alone. */
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
