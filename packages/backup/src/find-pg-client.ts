import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TexasError } from '@texas-ai/kernel';
import { runProgram } from './program.js';

/** PostgreSQL's own programs that dump and restore. */
export interface PgClient {
  major: number;
  /** `15.18` and such. */
  version: string;
  pgDump: string;
  pgRestore: string;
  /** What the programs have in their environment beside the connection. */
  env: Readonly<Record<string, string>>;
}

export interface FindPgClientOptions {
  /** The server's major version. */
  major: number;
  /** Folders of PATH and others that may hold the programs. */
  folders: readonly string[];
  /** The environment to run them in, e.g. HOME, PATH and LD_LIBRARY_PATH; empty by default. */
  env?: Readonly<Record<string, string>>;
}

const programTimeoutMs = 10_000;

/**
 * pg_dump and pg_restore of the server's major, or the oldest that are newer: pg_dump refuses a
 * server newer than itself. Rejects with `backup_client_missing`, naming the package to install.
 */
export async function findPgClient(options: FindPgClientOptions): Promise<PgClient> {
  const { major, folders, env = {} } = options;
  // Distributions put a wrapper in PATH that runs whichever version it likes: theirs come first.
  const places = new Set([...installedFolders(), ...folders]);
  const found = await Promise.all([...places].map((folder) => clientIn(folder, env)));
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
  if (!existsSync(pgDump) || !existsSync(pgRestore)) return undefined;
  const [version, restoreVersion] = await Promise.all([
    versionOf(pgDump, env),
    versionOf(pgRestore, env),
  ]);
  if (version === undefined || version !== restoreVersion) return undefined;
  return { major: Number.parseInt(version, 10), version, pgDump, pgRestore, env };
}

async function versionOf(command: string, env: PgClient['env']): Promise<string | undefined> {
  const signal = AbortSignal.timeout(programTimeoutMs);
  try {
    const { ok, stdout } = await runProgram({ command, args: ['--version'], env, signal });
    return ok ? /(\d+(\.\d+)?)/.exec(stdout)?.[1] : undefined;
  } catch {
    return undefined;
  }
}

function installedFolders(): string[] {
  const debian = foldersIn('/usr/lib/postgresql');
  const homebrew = ['/opt/homebrew/opt', '/usr/local/opt', '/home/linuxbrew/.linuxbrew/opt']
    .flatMap(foldersIn)
    .filter((folder) => /\/(postgresql(@\d+)?|libpq)$/.test(folder));
  return [...debian, ...homebrew].map((folder) => join(folder, 'bin'));
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
