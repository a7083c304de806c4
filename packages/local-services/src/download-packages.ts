import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Logger, type ProgramExit, programVersion, runProgram } from '@texas-ai/kernel';
import { type Apt, makeApt } from './apt.js';
import { explainFileFailure, explainOutput, localServiceFailed, systemCodeOf } from './failures.js';
import { makeFolder, pathsIn } from './folders.js';

export interface DownloadOptions {
  /** The program's name in the log: `Redis`. */
  label: string;
  /** The absolute path of the folder for the unpacked packages. */
  folder: string;
  /** Returns the first packages to download; undefined if apt has no suitable ones. */
  choosePackages: (apt: Apt) => Promise<string[] | undefined>;
  /** Returns true if the programs of the unpacked tree run, with all their libraries. */
  isComplete: (tree: string) => Promise<boolean>;
  environment: Readonly<Record<string, string>>;
  logger: Logger;
}

/** Levels of dependencies to download; known servers need three. */
const maxDepth = 6;

/**
 * Downloads Debian packages and, level by level, their dependencies until the programs run, and unpacks them to
 * `folder`. Needs no root, installs nothing, starts nothing. Returns false if apt cannot download them; throws
 * `local_service_failed` if the disk is full or the folder cannot be written.
 */
export async function downloadPackages(options: DownloadOptions): Promise<boolean> {
  const { folder, label, logger, environment } = options;
  if ((await programVersion('apt-get', { env: environment })) === undefined) return false;
  logger.info('downloading a missing program', { program: label });
  let work: string | undefined;
  try {
    makeFolder(dirname(folder));
    work = mkdtempSync(`${folder}.downloading-`);
    // The user who runs the programs must be able to try them here.
    chmodSync(work, 0o755);
    const tree = join(work, 'tree');
    if (!(await downloadTree(options, work, tree))) return false;
    replaceFolder(tree, folder);
    return true;
  } catch (failure) {
    throw explainFileFailure(failure, folder);
  } finally {
    if (work !== undefined) rmSync(work, { recursive: true, force: true });
  }
}

async function downloadTree(
  options: DownloadOptions,
  work: string,
  tree: string,
): Promise<boolean> {
  const packages = join(work, 'packages');
  mkdirSync(packages);
  const apt = makeApt(join(work, 'apt'), options.environment);
  let names = await options.choosePackages(apt);
  const wereUnknown = names === undefined;
  if (wereUnknown) {
    await apt.update();
    names = await options.choosePackages(apt);
  }
  const seen = new Set<string>();
  for (let depth = 0; names && names.length > 0 && depth < maxDepth; depth++) {
    let downloaded = await apt.download(names, packages);
    if (!downloaded.ok && depth === 0 && !wereUnknown) {
      // Outdated package lists may name deleted files.
      await apt.update();
      downloaded = await apt.download(names, packages);
    }
    throwIfNoSpace(downloaded, packages);
    if (!downloaded.ok) return false;
    await unpackAll(packages, tree, options.environment);
    if (await options.isComplete(tree)) return true;
    for (const name of names) seen.add(name);
    const next = (await apt.dependencies(names)).filter((name) => !seen.has(name));
    names = await apt.missingLibraries(next);
  }
  return false;
}

async function unpackAll(
  packages: string,
  tree: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  for (const name of readdirSync(packages).filter((file) => file.endsWith('.deb'))) {
    const file = join(packages, name);
    const unpacked = await runProgram({
      command: 'dpkg',
      args: ['-x', file, tree],
      env: environment,
    });
    throwIfNoSpace(unpacked, tree);
    if (!unpacked.ok) {
      throw localServiceFailed(`dpkg cannot unpack ${name}: try again, or install it by hand.`);
    }
    rmSync(file);
  }
}

function throwIfNoSpace({ ok, stderr }: ProgramExit, folder: string): void {
  const explained = ok ? undefined : explainOutput(stderr, folder);
  if (explained) throw explained;
}

/** Atomically; if another process was faster, its folder stays. */
function replaceFolder(tree: string, folder: string): void {
  try {
    renameSync(tree, folder);
  } catch (failure) {
    if (systemCodeOf(failure) !== 'ENOTEMPTY') throw failure;
  }
}

/** Returns the LD_LIBRARY_PATH for the programs of an unpacked tree. */
export function libraryPathOf(tree: string): string {
  const roots = [join(tree, 'usr', 'lib'), join(tree, 'lib')];
  return roots
    .flatMap((root) => [...pathsIn(root).filter((folder) => folder.includes('-linux-')), root])
    .join(':');
}
