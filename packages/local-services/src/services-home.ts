import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { explainFileFailure, localServiceFailed } from './failures.js';
import { makeFolder } from './folders.js';

/** The user that a service runs as. */
export interface Account {
  uid: number;
  gid: number;
}

export interface ServicesHome {
  /** Contains data, downloaded programs and passwords. */
  folder: string;
  /** The user that the services run as; the current one if undefined. */
  account: Account | undefined;
}

/** For services whose user cannot enter TEXAS_HOME. */
const systemFolder = '/var/lib/texas-ai';

/**
 * Creates the folder of the services: `services` in `home` (absolute). PostgreSQL refuses to run as root, so root runs
 * the services as the owner of their data, else as `postgres`, else as `nobody`; if that user cannot enter `home`, the
 * folder is in `/var/lib/texas-ai` instead. Throws `local_service_failed` if it cannot be created.
 */
export function makeServicesHome(home: string): ServicesHome {
  if (!isAbsolute(home)) throw localServiceFailed(`TEXAS_HOME must be an absolute path: ${home}.`);
  const { inside, elsewhere } = servicesFolders(home);
  if (process.getuid?.() !== 0) return { folder: ensureFolder(inside), account: undefined };
  ensureFolder(home, false);
  const account = ownerOf(inside) ?? ownerOf(elsewhere) ?? serviceAccount();
  const fitsInside = canEnter(home, account) && (existsSync(inside) || !existsSync(elsewhere));
  return { folder: ensureFolder(fitsInside ? inside : elsewhere), account };
}

/** Returns the two possible folders of this home; creates neither. */
export function servicesFolders(home: string): { inside: string; elsewhere: string } {
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16);
  return { inside: join(home, 'services'), elsewhere: join(systemFolder, name) };
}

function ensureFolder(folder: string, enterable = true): string {
  try {
    makeFolder(folder);
    if (enterable) chmodSync(folder, 0o755);
    return folder;
  } catch (failure) {
    throw explainFileFailure(failure, folder);
  }
}

function ownerOf(servicesFolder: string): Account | undefined {
  try {
    const { uid, gid } = statSync(join(servicesFolder, 'postgresql'));
    return uid === 0 ? undefined : { uid, gid };
  } catch {
    return undefined;
  }
}

function serviceAccount(): Account {
  for (const name of ['postgres', 'nobody']) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw localServiceFailed(
    'PostgreSQL does not run as root, and there is no user postgres or nobody here: run this as an ordinary user.',
  );
}

function idOf(which: '-u' | '-g', name: string): number | undefined {
  const { status, stdout } = spawnSync('id', [which, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout.trim()) : undefined;
}

/** Actually tries, because a mode says nothing about parents, groups and access lists. */
function canEnter(folder: string, account: Account): boolean {
  return spawnSync('test', ['-x', folder], { ...account, cwd: '/' }).status === 0;
}
