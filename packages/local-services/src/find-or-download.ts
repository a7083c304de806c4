import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger, TexasError } from '@texas-ai/kernel';
import { downloadPackages } from './download-packages.js';
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

export interface FindOrDownloadOptions {
  /** Only PATH and the proxy variables for apt are read. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Absolute; each downloaded program has a folder in it. */
  binariesFolder: string;
  /** The user who runs the programs; the current one if undefined. */
  account: Account | undefined;
  logger: Logger;
}

/**
 * Finds PostgreSQL 15 or later on this machine, or downloads it with apt. `wantedMajor` is the version of existing
 * data. Throws `local_service_failed` with the command that installs PostgreSQL.
 */
export async function findOrDownloadPostgres(
  options: FindOrDownloadOptions,
  wantedMajor?: number,
): Promise<PostgresBinaries> {
  const { binariesFolder, account } = options;
  const found = await findOrDownload<PostgresBinaries>(options, {
    label: 'PostgreSQL',
    folder: wantedMajor === undefined ? 'postgresql' : `postgresql-${wantedMajor}`,
    find: async (where) =>
      (await findPostgres(where, wantedMajor)) ??
      // A version downloaded before there were data usually is the one of the data.
      (await findPostgres(
        { ...where, downloaded: join(binariesFolder, 'postgresql') },
        wantedMajor,
      )),
    inTree: (tree) => postgresInTree(tree, account),
    choosePackages: (apt) => postgresPackages(apt, wantedMajor),
  });
  if (found) return found;
  const version = wantedMajor === undefined ? `${oldestPostgres} or later` : `${wantedMajor}`;
  const reason = wantedMajor === undefined ? '' : ', which wrote the existing data,';
  const major = wantedMajor ?? 16;
  throw missing(`PostgreSQL ${version}${reason}`, 'DATABASE_URL', {
    apt: `sudo apt-get install postgresql${wantedMajor === undefined ? '' : `-${wantedMajor}`}`,
    brew: `brew install postgresql@${major}`,
  });
}

/** Finds or downloads Redis 7 or later, or Valkey 8 or later. */
export async function findOrDownloadRedis(options: FindOrDownloadOptions): Promise<RedisBinaries> {
  const found = await findOrDownload<RedisBinaries>(options, {
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
  choosePackages: Parameters<typeof downloadPackages>[0]['choosePackages'];
}

async function findOrDownload<Binaries>(
  { environment, binariesFolder, account, logger }: FindOrDownloadOptions,
  { label, folder, find, inTree, choosePackages }: Wanted<Binaries>,
): Promise<Binaries | undefined> {
  const downloaded = join(binariesFolder, folder);
  const found = await find({ path: environment.PATH ?? '', downloaded: downloaded, account });
  if (found) return found;
  try {
    // A downloaded program may stop running when the system's libraries change.
    rmSync(downloaded, { recursive: true, force: true });
  } catch (failure) {
    throw explainFileFailure(failure, downloaded);
  }
  const isComplete = await downloadPackages({
    label,
    folder: downloaded,
    choosePackages,
    isComplete: async (tree) => (await inTree(tree)) !== undefined,
    environment: aptEnvironment(environment),
    logger,
  });
  return isComplete ? inTree(downloaded) : undefined;
}

/** apt and dpkg also need the system folders in PATH. */
function aptEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
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
    `${what} is required, but was not found and could not be downloaded: run \`${install}\` (or use your system's package manager), or set ${variable} to a server you have.`,
  );
}
