import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ProgramOptions, programVersion, TexasError } from '@texas-ai/kernel';

/** pg_dump and pg_restore of one version. */
export interface PgClient {
  major: number;
  /** For example `15.18`. */
  version: string;
  pgDump: string;
  pgRestore: string;
  /** The environment to run them in, without connection settings. */
  env: ProgramOptions['env'];
}

/** initdb and postgres of one major version. */
export interface PgServer {
  major: number;
  folder: string;
  initdb: string;
  postgres: string;
}

export interface FindPgClientOptions {
  /** The server's major version. */
  major: number;
  /** Folders to search besides the usual places, such as those of PATH. */
  folders: readonly string[];
  /** The environment to run the programs in, e.g. HOME, PATH and LD_LIBRARY_PATH; empty by default. */
  env?: ProgramOptions['env'];
}

/**
 * Finds pg_dump and pg_restore of the server's major version, or else of the oldest newer version: pg_dump refuses
 * a server newer than itself. Rejects with `backup_client_missing`, naming the package to install.
 */
export async function findPgClient(options: FindPgClientOptions): Promise<PgClient> {
  const { major, folders, env = {} } = options;
  // Debian's pg_dump in PATH is a wrapper that chooses a version by its own rules, so real folders come first.
  const candidates = new Set([...installedPostgresFolders(), ...folders]);
  const found = await Promise.all([...candidates].map((folder) => clientIn(folder, env)));
  const best = found.reduce<PgClient | undefined>(
    (best, next) =>
      next && next.major >= major && !(best && best.major <= next.major) ? next : best,
    undefined,
  );
  if (best) return best;
  throw new TexasError(
    'backup_client_missing',
    `pg_dump and pg_restore for PostgreSQL ${major} or newer are not installed: install the package postgresql-client-${major} (with Homebrew: postgresql@${major}).`,
    { details: { major, found: found.flatMap((client) => client?.version ?? []) } },
  );
}

async function clientIn(folder: string, env: PgClient['env']): Promise<PgClient | undefined> {
  const pgDump = join(folder, 'pg_dump');
  const pgRestore = join(folder, 'pg_restore');
  const version = await commonVersion([pgDump, pgRestore], { env });
  if (version === undefined) return undefined;
  return { major: Number.parseInt(version, 10), version, pgDump, pgRestore, env };
}

/** Returns the PostgreSQL server in this folder; undefined if its programs do not run or their versions differ. */
export async function findPgServer(
  folder: string,
  options: Pick<ProgramOptions, 'env' | 'account'>,
): Promise<PgServer | undefined> {
  const initdb = join(folder, 'initdb');
  const postgres = join(folder, 'postgres');
  const version = await commonVersion([initdb, postgres], options);
  if (version === undefined) return undefined;
  return { major: Number.parseInt(version, 10), folder, initdb, postgres };
}

async function commonVersion(
  programs: readonly string[],
  options: Pick<ProgramOptions, 'env' | 'account'>,
): Promise<string | undefined> {
  if (!programs.every((program) => existsSync(program))) return undefined;
  const [first, ...others] = await Promise.all(
    programs.map((program) => programVersion(program, options)),
  );
  return others.every((version) => version === first) ? first : undefined;
}

/** The program folders of PostgreSQL in the usual places on Debian, Fedora, Postgres.app and Homebrew. */
export function installedPostgresFolders(): string[] {
  const fedora = pathsIn('/usr').filter((folder) => folder.includes('/pgsql-'));
  const homebrew = ['/opt/homebrew', '/usr/local', '/home/linuxbrew/.linuxbrew'].flatMap(
    (prefix) => [
      ...pathsIn(join(prefix, 'opt')).filter((folder) => /\/(postgresql|libpq)/.test(folder)),
      prefix,
    ],
  );
  return [
    ...pathsIn('/usr/lib/postgresql'),
    ...pathsIn('/Applications/Postgres.app/Contents/Versions'),
    ...fedora,
    ...homebrew,
  ].map((folder) => join(folder, 'bin'));
}

function pathsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
