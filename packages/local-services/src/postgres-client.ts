import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresBinaries } from './find-postgres.js';
import { makeFolder } from './folders.js';
import { servicesFolders } from './services-home.js';

const name = 'postgresql-client';

/**
 * Writes wrappers of pg_dump and pg_restore to the folder of the services if PostgreSQL was downloaded: its own
 * programs do not find their libraries.
 */
export function placePostgresClient(
  servicesFolder: string,
  { folder: programs, env }: Pick<PostgresBinaries, 'folder' | 'env'>,
): void {
  const folder = join(servicesFolder, name);
  rmSync(folder, { recursive: true, force: true });
  const libraries = env.LD_LIBRARY_PATH;
  if (libraries === undefined) return;
  makeFolder(folder);
  for (const program of ['pg_dump', 'pg_restore']) {
    const lines = [
      '#!/bin/sh',
      `LD_LIBRARY_PATH=${shellQuoted(libraries)} exec ${shellQuoted(join(programs, program))} "$@"`,
    ];
    writeFileSync(join(folder, program), `${lines.join('\n')}\n`, { mode: 0o755 });
  }
}

/** Returns the folder of this TEXAS_HOME with those wrappers, if any. */
export function downloadedClientFolders(home: string): string[] {
  const { inside, elsewhere } = servicesFolders(home);
  return [inside, elsewhere].map((folder) => join(folder, name)).filter(existsSync);
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
