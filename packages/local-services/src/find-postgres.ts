import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Apt } from './apt.js';
import { libraryPathOf } from './bring.js';
import { pathsIn } from './folders.js';
import { majorVersion } from './program.js';
import type { Account } from './services-home.js';

export const oldestPostgres = 15;

export interface PostgresBinaries {
  major: number;
  initdb: string;
  postgres: string;
  /** Holds a pg_dump and pg_restore of the same major; undefined where they are not installed. */
  pgDumpFolder: string | undefined;
  /** What the programs need in their environment: LD_LIBRARY_PATH where they were brought. */
  env: Readonly<Record<string, string>>;
}

export interface FindOptions {
  /** PATH, as the user has it. */
  path: string;
  /** An unpacked tree of brought packages, which may not exist. */
  brought: string;
  /** Who runs the programs: they are tried as this user. */
  account: Account | undefined;
}

/** The newest PostgreSQL of at least 15, or the one of `wantedMajor`; undefined where there is none. */
export async function findPostgres(
  options: FindOptions,
  wantedMajor?: number,
): Promise<PostgresBinaries | undefined> {
  const systemFolders = [
    ...options.path.split(delimiter).filter(Boolean).flatMap(withRealFolder),
    ...['/usr/lib/postgresql', '/Applications/Postgres.app/Contents/Versions'].flatMap(binFolders),
    ...pathsIn('/usr')
      .filter((folder) => folder.includes('/pgsql-'))
      .map((folder) => join(folder, 'bin')),
    ...['/opt/homebrew', '/usr/local', '/home/linuxbrew/.linuxbrew'].flatMap(homebrewFolders),
  ];
  const found: PostgresBinaries[] = [];
  for (const folder of new Set(systemFolders)) {
    const binaries = await postgresIn(folder, {}, options.account);
    if (binaries) found.push(binaries);
  }
  const brought = await postgresInTree(options.brought, options.account);
  if (brought) found.push(brought);
  return found
    .filter(({ major }) =>
      wantedMajor === undefined ? major >= oldestPostgres : major === wantedMajor,
    )
    .reduce<PostgresBinaries | undefined>(
      (best, next) => (best && best.major >= next.major ? best : next),
      undefined,
    );
}

/** PostgreSQL of an unpacked tree, whose programs all run. */
export async function postgresInTree(
  tree: string,
  account: Account | undefined,
): Promise<PostgresBinaries | undefined> {
  const env = { LD_LIBRARY_PATH: libraryPathOf(tree) };
  for (const folder of binFolders(join(tree, 'usr', 'lib', 'postgresql')).reverse()) {
    const binaries = await postgresIn(folder, env, account);
    if (!binaries?.pgDumpFolder) continue;
    if ((await majorVersion(join(folder, 'pg_dump'), { env, account })) === binaries.major)
      return binaries;
  }
  return undefined;
}

/** The server and the clients of `wantedMajor`, or of the release's own major. */
export async function postgresPackages(
  apt: Apt,
  wantedMajor?: number,
): Promise<string[] | undefined> {
  const names = await apt.dependencies(['postgresql']);
  const ofRelease = names.find((name) => /^postgresql-\d+$/.test(name));
  const server = wantedMajor === undefined ? ofRelease : `postgresql-${wantedMajor}`;
  const version = server === undefined ? undefined : await apt.candidate(server);
  if (server === undefined || version === undefined) return undefined;
  if (wantedMajor === undefined && Number.parseInt(version, 10) < oldestPostgres) return undefined;
  return [server, server.replace('postgresql-', 'postgresql-client-')];
}

async function postgresIn(
  folder: string,
  env: Readonly<Record<string, string>>,
  account: Account | undefined,
): Promise<PostgresBinaries | undefined> {
  const initdb = join(folder, 'initdb');
  const postgres = join(folder, 'postgres');
  if (!existsSync(initdb) || !existsSync(postgres)) return undefined;
  const [major, serverMajor] = await Promise.all([
    majorVersion(initdb, { env, account }),
    majorVersion(postgres, { env, account }),
  ]);
  if (major === undefined || major !== serverMajor) return undefined;
  const pgDumpFolder = existsSync(join(folder, 'pg_dump')) ? folder : undefined;
  return { major, initdb, postgres, pgDumpFolder, env };
}

/** Where a folder of PATH only links to the programs, theirs has the others too: it comes first. */
function withRealFolder(folder: string): string[] {
  try {
    return [dirname(realpathSync(join(folder, 'initdb'))), folder];
  } catch {
    return [];
  }
}

/** `<folder>/<version>/bin` for each version. */
function binFolders(folder: string): string[] {
  return pathsIn(folder).map((version) => join(version, 'bin'));
}

function homebrewFolders(prefix: string): string[] {
  const versions = pathsIn(join(prefix, 'opt')).filter((folder) => folder.includes('/postgresql'));
  return [...versions.map((folder) => join(folder, 'bin')), join(prefix, 'bin')];
}
