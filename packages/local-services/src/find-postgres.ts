import { realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { programVersion } from '@texas-ai/kernel';
import { findPgServer, installedPostgresFolders, type PgServer } from '@texas-ai/postgres';
import type { Apt } from './apt.js';
import { libraryPathOf } from './download-packages.js';
import { pathsIn } from './folders.js';
import type { Account } from './services-home.js';

export const oldestPostgres = 15;

export interface PostgresBinaries extends PgServer {
  /** What the programs need in their environment: LD_LIBRARY_PATH if they were downloaded. */
  env: Readonly<Record<string, string>>;
}

export interface FindOptions {
  /** The user's PATH. */
  path: string;
  /** The tree of downloaded packages, which may not exist. */
  downloaded: string;
  /** The user who will run the programs. */
  account: Account | undefined;
}

/** Finds the newest PostgreSQL of at least 15, or the one of `wantedMajor`; undefined if there is none. */
export async function findPostgres(
  { path, downloaded, account }: FindOptions,
  wantedMajor?: number,
): Promise<PostgresBinaries | undefined> {
  const folders = new Set([
    ...path.split(delimiter).filter(Boolean).flatMap(withRealFolder),
    ...installedPostgresFolders(),
  ]);
  const found: PostgresBinaries[] = [];
  for (const folder of folders) {
    const server = await findPgServer(folder, { env: {}, account });
    if (server) found.push({ ...server, env: {} });
  }
  const inTree = await postgresInTree(downloaded, account);
  if (inTree) found.push(inTree);
  return found
    .filter(({ major }) =>
      wantedMajor === undefined ? major >= oldestPostgres : major === wantedMajor,
    )
    .reduce<PostgresBinaries | undefined>(
      (best, next) => (best && best.major >= next.major ? best : next),
      undefined,
    );
}

/** Returns the PostgreSQL of an unpacked tree; undefined unless initdb, postgres and pg_dump run. */
export async function postgresInTree(
  tree: string,
  account: Account | undefined,
): Promise<PostgresBinaries | undefined> {
  const env = { LD_LIBRARY_PATH: libraryPathOf(tree) };
  for (const versionFolder of pathsIn(join(tree, 'usr', 'lib', 'postgresql')).reverse()) {
    const server = await findPgServer(join(versionFolder, 'bin'), { env, account });
    if (!server) continue;
    const pgDump = await programVersion(join(server.folder, 'pg_dump'), { env, account });
    if (pgDump !== undefined && Number.parseInt(pgDump, 10) === server.major) {
      return { ...server, env };
    }
  }
  return undefined;
}

/** Returns the packages of server and client, of `wantedMajor` or else of the distribution's version. */
export async function postgresPackages(
  apt: Apt,
  wantedMajor?: number,
): Promise<string[] | undefined> {
  const names = await apt.dependencies(['postgresql']);
  const defaultServer = names.find((name) => /^postgresql-\d+$/.test(name));
  const server = wantedMajor === undefined ? defaultServer : `postgresql-${wantedMajor}`;
  const version = server === undefined ? undefined : await apt.candidate(server);
  if (server === undefined || version === undefined) return undefined;
  if (wantedMajor === undefined && Number.parseInt(version, 10) < oldestPostgres) return undefined;
  return [server, server.replace('postgresql-', 'postgresql-client-')];
}

/** If a folder of PATH only links to initdb, the folder of the real one has the other programs: it comes first. */
function withRealFolder(folder: string): string[] {
  try {
    return [dirname(realpathSync(join(folder, 'initdb'))), folder];
  } catch {
    return [];
  }
}
