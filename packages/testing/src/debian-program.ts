import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { processEnvironment } from '@texas-ai/config';

const run = promisify(execFile);

export interface DebianProgram {
  /** Names that it may have; the first that is found counts. */
  names: readonly string[];
  /** The Debian package that has it. */
  package: string;
  /** What is skipped without it, as a sentence begins: “Tests in a browser”. */
  tests: string;
}

interface Machine {
  environment: Readonly<Record<string, string | undefined>>;
  install(name: string): Promise<void>;
  say(line: string): void;
}

/**
 * Path of a program that tests need; root brings the Debian package where it is not there, which may
 * take minutes. Undefined, with a line about it on stderr, where there is no way to it, which in
 * continuous integration (`CI`) rejects.
 */
export async function findDebianProgram(
  { names, package: name, tests }: DebianProgram,
  machine: Machine = thisMachine(),
): Promise<string | undefined> {
  const { environment, install, say } = machine;
  const found = findProgram(names, environment.PATH);
  if (found) return found;
  await install(name);
  const brought = findProgram(names, environment.PATH);
  if (brought) return brought;
  const sentence = `There is no ${names[0]}; install it, for example: apt-get install ${name}.`;
  if (environment.CI) throw new Error(sentence);
  say(`${tests} are skipped. ${sentence}\n`);
  return undefined;
}

function findProgram(names: readonly string[], path = ''): string | undefined {
  // Where Debian puts servers; it is not in everybody's PATH.
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

/** Does nothing where apt-get is not there, not allowed, or fails. */
async function installByApt(name: string): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  const env = { ...processEnvironment(), DEBIAN_FRONTEND: 'noninteractive' };
  // Test files run beside each other, and apt-get gives up where another is at it.
  const alone = (...args: string[]) =>
    run('flock', [join(tmpdir(), 'texas-test-apt-get.lock'), 'apt-get', ...args], { env });
  try {
    await alone('update');
    await alone('install', '-y', '--no-install-recommends', name);
  } catch {
    // What is missing is said by the caller.
  }
}
