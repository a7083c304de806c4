import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger, TexasError } from '@texas-ai/kernel';
import { bring } from './bring.js';
import { explainFileFailure, localServiceFailed } from './failures.js';
import {
  type FindOptions,
  findPostgres,
  oldestPostgres,
  type PostgresBinaries,
  postgresInTree,
  postgresPackages,
} from './find-postgres.js';
import { findRedis, type RedisBinaries, redisInTree, redisPackages } from './find-redis.js';
import type { Account } from './services-home.js';

export interface FindOrBringOptions {
  /** PATH and what proxies apt needs; nothing else is read. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Takes what is brought, absolute; each program in a folder of its own. */
  binariesFolder: string;
  /** Who runs the programs; undefined: whoever runs this. */
  account: Account | undefined;
  logger: Logger;
}

/**
 * Finds PostgreSQL 15 or later on this machine, or brings it where apt can.
 * `wantedMajor` is the one that wrote the data, if there are any.
 * Throws `local_service_failed` with the command that installs it.
 */
export async function findOrBringPostgres(
  options: FindOrBringOptions,
  wantedMajor?: number,
): Promise<PostgresBinaries> {
  const { binariesFolder, account } = options;
  const found = await findOrBring<PostgresBinaries>(options, {
    label: 'PostgreSQL',
    folder: wantedMajor === undefined ? 'postgresql' : `postgresql-${wantedMajor}`,
    find: async (where) =>
      (await findPostgres(where, wantedMajor)) ??
      // What was brought before there were data is of the data's major as a rule.
      (await findPostgres({ ...where, brought: join(binariesFolder, 'postgresql') }, wantedMajor)),
    inTree: (tree) => postgresInTree(tree, account),
    choosePackages: (apt) => postgresPackages(apt, wantedMajor),
  });
  if (found) return found;
  const version = wantedMajor === undefined ? `${oldestPostgres} or later` : `${wantedMajor}`;
  const reason = wantedMajor === undefined ? '' : ', which wrote the data that are here,';
  const major = wantedMajor ?? 16;
  throw missing(`PostgreSQL ${version}${reason}`, 'DATABASE_URL', {
    apt: `sudo apt-get install postgresql${wantedMajor === undefined ? '' : `-${wantedMajor}`}`,
    brew: `brew install postgresql@${major}`,
  });
}

/** The same for Redis 7 or later, or Valkey 8 or later. */
export async function findOrBringRedis(options: FindOrBringOptions): Promise<RedisBinaries> {
  const found = await findOrBring<RedisBinaries>(options, {
    label: 'Redis',
    folder: 'redis',
    find: findRedis,
    inTree: (tree) => redisInTree(tree, options.account),
    choosePackages: redisPackages,
  });
  if (found) return found;
  throw missing('Redis 7 or later (or Valkey 8)', 'REDIS_URL', {
    apt: 'sudo apt-get install redis-server',
    brew: 'brew install redis',
  });
}

interface Wanted<Binaries> {
  label: string;
  folder: string;
  find: (where: FindOptions) => Promise<Binaries | undefined>;
  inTree: (tree: string) => Promise<Binaries | undefined>;
  choosePackages: Parameters<typeof bring>[0]['choosePackages'];
}

async function findOrBring<Binaries>(
  { environment, binariesFolder, account, logger }: FindOrBringOptions,
  { label, folder, find, inTree, choosePackages }: Wanted<Binaries>,
): Promise<Binaries | undefined> {
  const brought = join(binariesFolder, folder);
  const found = await find({ path: environment.PATH ?? '', brought, account });
  if (found) return found;
  try {
    // An unpacked tree that runs no more, since the machine's own libraries have changed.
    rmSync(brought, { recursive: true, force: true });
  } catch (failure) {
    throw explainFileFailure(failure, brought);
  }
  const whole = await bring({
    label,
    folder: brought,
    choosePackages,
    isWhole: async (tree) => (await inTree(tree)) !== undefined,
    environment: forApt(environment),
    logger,
  });
  return whole ? inTree(brought) : undefined;
}

/** apt and dpkg look for their own programs in the folders of root too. */
function forApt(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const proxies = Object.entries(environment).filter(([name]) =>
    /^(https?|ftp|no)_proxy$/i.test(name),
  );
  const path = `${environment.PATH ?? ''}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
  const kept = proxies.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return {
    ...Object.fromEntries(kept),
    PATH: path,
    DEBIAN_FRONTEND: 'noninteractive',
  };
}

function missing(what: string, variable: string, run: { apt: string; brew: string }): TexasError {
  const install = process.platform === 'darwin' ? run.brew : run.apt;
  return localServiceFailed(
    `${what} is needed, is not on this machine and could not be brought: run \`${install}\` (or install it as your system does), or set ${variable} to a server you have.`,
  );
}
