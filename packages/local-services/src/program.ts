import { execFile } from 'node:child_process';
import type { Account } from './services-home.js';

export interface ProgramRun {
  /** Whether it could be started and ended with 0. */
  ok: boolean;
  /** Both outputs, standard output first. */
  output: string;
  stdout: string;
}

export interface ProgramOptions {
  env: Readonly<Record<string, string>>;
  cwd?: string;
  account?: Account | undefined;
  /** Milliseconds, 300,000 by default; then it is killed. */
  timeoutMs?: number;
}

/** Runs a program to its end; a failure is told in the answer, never thrown. */
export function runProgram(
  command: string,
  args: readonly string[],
  { env, cwd = '/', account, timeoutMs = 300_000 }: ProgramOptions,
): Promise<ProgramRun> {
  return new Promise((resolve) => {
    const options = { env, cwd, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024, ...account };
    execFile(command, [...args], options, (failure, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      resolve({ ok: !failure, stdout, output: output || (failure?.message ?? '') });
    });
  });
}

/** The number that a program's `--version` names first; undefined where it does not run here. */
export async function majorVersion(
  command: string,
  options: ProgramOptions,
): Promise<number | undefined> {
  const { ok, stdout } = await runProgram(command, ['--version'], {
    timeoutMs: 10_000,
    ...options,
  });
  const number = /(\d+)/.exec(stdout)?.[1];
  return ok && number !== undefined ? Number(number) : undefined;
}
