import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Logger, type ProgramExit, programVersion, runProgram } from '@texas-ai/kernel';
import { type Apt, makeApt } from './apt.js';
import { explainFileFailure, explainOutput, localServiceFailed, systemCodeOf } from './failures.js';
import { makeFolder, pathsIn } from './folders.js';

export interface BringOptions {
  /** What is brought, for the log: `Redis`. */
  label: string;
  /** The folder that the unpacked packages become, absolute. */
  folder: string;
  /** Names the packages to begin with; undefined where apt knows none that will do. */
  choosePackages: (apt: Apt) => Promise<string[] | undefined>;
  /** Whether the programs of this unpacked tree run: their libraries are all there. */
  isWhole: (tree: string) => Promise<boolean>;
  environment: Readonly<Record<string, string>>;
  logger: Logger;
}

/** Packages, what they depend on, and so on: no server is known to need more than three steps. */
const deepestDependency = 6;

/**
 * Downloads Debian packages and, step by step, what they depend on until the programs run, and
 * unpacks them below `folder`. Needs no root, installs nothing, starts nothing. False where
 * apt cannot bring it; throws `local_service_failed` for a full disk and a folder without write access.
 */
export async function bring(options: BringOptions): Promise<boolean> {
  const { folder, label, logger, environment } = options;
  if ((await programVersion('apt-get', { env: environment })) === undefined) return false;
  logger.info('bringing what is missing', { program: label });
  let work: string | undefined;
  try {
    makeFolder(dirname(folder));
    work = mkdtempSync(`${folder}.bringing-`);
    // Whoever runs the programs later tries them from here.
    chmodSync(work, 0o755);
    const tree = join(work, 'tree');
    if (!(await bringTree(options, work, tree))) return false;
    replaceFolder(tree, folder);
    return true;
  } catch (failure) {
    throw explainFileFailure(failure, folder);
  } finally {
    if (work !== undefined) rmSync(work, { recursive: true, force: true });
  }
}

async function bringTree(options: BringOptions, work: string, tree: string): Promise<boolean> {
  const packages = join(work, 'packages');
  mkdirSync(packages);
  const apt = makeApt(join(work, 'apt'), options.environment);
  let names = await options.choosePackages(apt);
  const knewNone = names === undefined;
  if (knewNone) {
    await apt.update();
    names = await options.choosePackages(apt);
  }
  const seen = new Set<string>();
  for (let depth = 0; names && names.length > 0 && depth < deepestDependency; depth++) {
    let downloaded = await apt.download(names, packages);
    if (!downloaded.ok && depth === 0 && !knewNone) {
      // Lists of long ago name files that are gone.
      await apt.update();
      downloaded = await apt.download(names, packages);
    }
    throwIfNoSpace(downloaded, packages);
    if (!downloaded.ok) return false;
    await unpackAll(packages, tree, options.environment);
    if (await options.isWhole(tree)) return true;
    for (const name of names) seen.add(name);
    const next = (await apt.dependencies(names)).filter((name) => !seen.has(name));
    names = await apt.worthBringing(next);
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

/** In one step; where another process was faster its folder stays. */
function replaceFolder(tree: string, folder: string): void {
  try {
    renameSync(tree, folder);
  } catch (failure) {
    if (systemCodeOf(failure) !== 'ENOTEMPTY') throw failure;
  }
}

/** `LD_LIBRARY_PATH` for programs of an unpacked tree. */
export function libraryPathOf(tree: string): string {
  const roots = [join(tree, 'usr', 'lib'), join(tree, 'lib')];
  return roots
    .flatMap((root) => [...pathsIn(root).filter((folder) => folder.includes('-linux-')), root])
    .join(':');
}
