import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ProgramExit, runProgram } from '@texas-ai/kernel';

/** Asks apt and downloads with it, without installing anything and without root. */
export interface Apt {
  /** The upstream version that would be downloaded, `7.0.15-1`; undefined where apt knows none. */
  candidate(name: string): Promise<string | undefined>;
  /** The real packages that these depend on, alternatives included. */
  dependencies(names: readonly string[]): Promise<string[]>;
  /** Those that could bring libraries which are missing here. */
  worthBringing(names: readonly string[]): Promise<string[]>;
  /** Downloads the packages into the folder. */
  download(names: readonly string[], folder: string): Promise<ProgramExit>;
  /** From now on uses package lists of its own, which it fetches. */
  update(): Promise<void>;
}

/** `workFolder` (absolute, its own) takes the private lists and caches of apt. */
export function makeApt(workFolder: string, env: Readonly<Record<string, string>>): Apt {
  const cache = join(workFolder, 'cache');
  const lists = join(workFolder, 'lists');
  for (const folder of [join(cache, 'archives', 'partial'), join(lists, 'partial')]) {
    mkdirSync(folder, { recursive: true });
  }
  const options = [
    ...['-o', `Dir::Cache=${cache}`],
    // Images for containers turn these off: then each question reads all lists, a second each.
    ...['-o', 'Dir::Cache::pkgcache=pkgcache.bin', '-o', 'Dir::Cache::srcpkgcache=srcpkgcache.bin'],
    ...['-o', 'Acquire::Retries=2', '-o', 'Acquire::http::Timeout=30'],
    ...['-o', 'Acquire::https::Timeout=30', '-o', 'Acquire::Languages=none'],
    // apt's own user cannot write into a private folder.
    ...(process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : []),
  ];
  const run = (command: string, args: readonly string[], cwd = workFolder) =>
    runProgram({ command, args: [...options, ...args], env, cwd });

  async function candidate(name: string): Promise<string | undefined> {
    const { stdout } = await run('apt-cache', ['policy', name]);
    return /^\s+Candidate: (?:\d+:)?(\d\S*)$/m.exec(stdout)?.[1];
  }

  async function dependencies(names: readonly string[]): Promise<string[]> {
    const { stdout } = await run('apt-cache', ['depends', '--important', ...names]);
    const all = [...stdout.matchAll(/^[ |]{2}(?:Pre)?Depends: ([^<\s]+)$/gm)].map(
      (match) => match[1],
    );
    return [...new Set(all.filter((name) => name !== undefined))];
  }

  /** Only packages of this architecture hold libraries; LLVM serves nothing but JIT, which is off. */
  async function worthBringing(names: readonly string[]): Promise<string[]> {
    const installed = await Promise.all(names.map(isInstalled));
    const absent = names.filter((_, index) => !installed[index]);
    if (absent.length === 0) return [];
    const { stdout } = await run('apt-cache', ['show', '--no-all-versions', ...absent]);
    return stdout.split(/\n\n+/).flatMap((paragraph) => {
      const name = /^Package: (\S+)$/m.exec(paragraph)?.[1];
      const portable = /^Architecture: all$/m.test(paragraph);
      return name === undefined || portable || name.startsWith('libllvm') ? [] : [name];
    });
  }

  async function isInstalled(name: string): Promise<boolean> {
    const format = `-f=\${db:Status-Status}`;
    const { stdout } = await runProgram({
      command: 'dpkg-query',
      args: ['-W', format, name],
      env,
    });
    return stdout.startsWith('installed');
  }

  return {
    candidate,
    dependencies,
    worthBringing,
    download: (names, folder) => run('apt-get', ['download', ...names], folder),
    async update() {
      if (!options.includes(`Dir::State::Lists=${lists}`)) {
        options.push('-o', `Dir::State::Lists=${lists}`);
      }
      await run('apt-get', ['update']);
    },
  };
}
