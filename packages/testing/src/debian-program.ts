import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { processEnvironment } from '@texas-ai/config';

const run = promisify(execFile);

export interface DebianProgram {
  /** Possible names; the first that exists is used. */
  names: readonly string[];
  /** The Debian package with the program. */
  package: string;
  /** The tests to skip without it, as the start of a sentence: “Tests in a browser”. */
  tests: string;
}

interface Machine {
  environment: Readonly<Record<string, string | undefined>>;
  install(name: string): Promise<void>;
  say(line: string): void;
}

/**
 * Returns the path of a program that tests need. If it is missing and we are root, installs the Debian package, which
 * may take minutes. If that fails, prints a line to stderr and returns undefined, or rejects if `CI` is set.
 */
export async function findDebianProgram(
  { names, package: name, tests }: DebianProgram,
  machine: Machine = thisMachine(),
): Promise<string | undefined> {
  const { environment, install, say } = machine;
  const found = findProgram(names, environment.PATH);
  if (found) return found;
  await install(name);
  const installed = findProgram(names, environment.PATH);
  if (installed) return installed;
  const sentence = `${names[0]} is not installed; install it, for example: apt-get install ${name}.`;
  if (environment.CI) throw new Error(sentence);
  say(`${tests} are skipped. ${sentence}\n`);
  return undefined;
}

function findProgram(names: readonly string[], path = ''): string | undefined {
  // Where Debian installs servers; it is not in every PATH.
  const folders = [...path.split(delimiter), '/usr/sbin'];
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find((candidate) => existsSync(candidate));
}

function thisMachine(): Machine {
  return {
    environment: processEnvironment(),
    install: installByApt,
    say: (line) => process.stderr.write(line),
  };
}

/** Does nothing if apt-get is missing, not permitted, or fails. */
async function installByApt(name: string): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  const env = { ...processEnvironment(), DEBIAN_FRONTEND: 'noninteractive' };
  // Test files run in parallel, and apt-get fails while another one is running.
  const runAptGet = (...args: string[]) =>
    run('flock', [join(tmpdir(), 'texas-test-apt-get.lock'), 'apt-get', ...args], { env });
  try {
    await runAptGet('update');
    await runAptGet('install', '-y', '--no-install-recommends', name);
  } catch {
    // The caller reports the missing program.
  }
}
