import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ProgramExit, runProgram } from '@texas-ai/kernel';

/** Queries apt and downloads packages, without root and without installing anything. */
export interface Apt {
  /** Returns the version that would be downloaded, `7.0.15-1`; undefined if apt has none. */
  candidate(name: string): Promise<string | undefined>;
  /** Returns the direct dependencies of these packages, without virtual ones, with alternatives. */
  dependencies(names: readonly string[]): Promise<string[]>;
  /** Returns those packages that are not installed and may contain libraries. */
  missingLibraries(names: readonly string[]): Promise<string[]>;
  /** Downloads the packages into the folder. */
  download(names: readonly string[], folder: string): Promise<ProgramExit>;
  /** Fetches private package lists and uses them from now on. */
  update(): Promise<void>;
}

/** `workFolder` is an absolute path, for private lists and caches of apt. */
export function makeApt(workFolder: string, env: Readonly<Record<string, string>>): Apt {
  const cache = join(workFolder, 'cache');
  const lists = join(workFolder, 'lists');
  for (const folder of [join(cache, 'archives', 'partial'), join(lists, 'partial')]) {
    mkdirSync(folder, { recursive: true });
  }
  const options = [
    ...['-o', `Dir::Cache=${cache}`],
    // Container images disable these caches; then each query parses all lists, which takes a second.
    ...['-o', 'Dir::Cache::pkgcache=pkgcache.bin', '-o', 'Dir::Cache::srcpkgcache=srcpkgcache.bin'],
    ...['-o', 'Acquire::Retries=2', '-o', 'Acquire::http::Timeout=30'],
    ...['-o', 'Acquire::https::Timeout=30', '-o', 'Acquire::Languages=none'],
    // apt's own user cannot write to a private folder.
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

  /** Packages for all architectures have no libraries; LLVM is only needed for JIT, which is off. */
  async function missingLibraries(names: readonly string[]): Promise<string[]> {
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
    missingLibraries: missingLibraries,
    download: (names, folder) => run('apt-get', ['download', ...names], folder),
    async update() {
      if (!options.includes(`Dir::State::Lists=${lists}`)) {
        options.push('-o', `Dir::State::Lists=${lists}`);
      }
      await run('apt-get', ['update']);
    },
  };
}
