import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresBinaries } from './find-postgres.js';
import { makeFolder } from './folders.js';
import { servicesFolders } from './services-home.js';

const name = 'postgresql-client';

/**
 * Puts a pg_dump and a pg_restore that anybody can run below the folder of the services, where the
 * PostgreSQL was brought: its own ones do not find their libraries by themselves.
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

/** The folders of this TEXAS_HOME with a pg_dump that was brought: none, or one. */
export function broughtClientFolders(home: string): string[] {
  const { inside, elsewhere } = servicesFolders(home);
  return [inside, elsewhere].map((folder) => join(folder, name)).filter(existsSync);
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
