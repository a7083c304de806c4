import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export interface ProgramOptions {
  command: string;
  args: readonly string[];
  /** The whole environment except LC_ALL, which is C: messages are matched in English. */
  env: Readonly<Record<string, string>>;
  /** `/` by default. */
  cwd?: string;
  /** The user to run as; the current one by default. */
  account?: { uid: number; gid: number } | undefined;
  /** Kills the program, and with `startProgram` its children too. */
  signal: AbortSignal;
}

export interface Program {
  stdin: Writable;
  stdout: Readable;
  /** Resolves once the program has exited and its output is closed; rejects only if it cannot be started. */
  ended: Promise<ProgramExit>;
}

export interface ProgramExit {
  ok: boolean;
  /** The exit code, or the name of the signal that killed the program. */
  code: number | string;
  /** The end of its stderr. */
  stderr: string;
}

/** Milliseconds that a short program may run by default. */
const defaultTimeoutMs = 300_000;
/** Characters of stderr that are kept. */
const maxStderr = 4000;

/** Starts a program in its own process group, so that its children are killed with it. */
export function startProgram(options: ProgramOptions): Program {
  return spawnProgram(options, true);
}

/**
 * Runs a short program without input, in the caller's process group: Ctrl+C ends both. Never rejects; a program
 * that cannot be started has the reason in `stderr`.
 */
export async function runProgram({
  signal = AbortSignal.timeout(defaultTimeoutMs),
  ...options
}: Omit<ProgramOptions, 'signal'> & { signal?: AbortSignal }): Promise<
  ProgramExit & { stdout: string }
> {
  try {
    const program = spawnProgram({ ...options, signal }, false);
    program.stdin.on('error', () => undefined).end();
    const [stdout, exit] = await Promise.all([readText(program.stdout), program.ended]);
    return { ...exit, stdout };
  } catch (error) {
    return { ok: false, code: 'unknown', stdout: '', stderr: String(error) };
  }
}

/** Returns the first number in the output of `--version`, such as `15.18`; undefined if the program does not run. */
export async function programVersion(
  command: string,
  options: Pick<ProgramOptions, 'env' | 'account'>,
): Promise<string | undefined> {
  const { ok, stdout } = await runProgram({
    ...options,
    command,
    args: ['--version'],
    signal: AbortSignal.timeout(10_000),
  });
  return ok ? /\d+(\.\d+)?/.exec(stdout)?.[0] : undefined;
}

/** Reads a short stream to its end. */
export async function readText(stream: Readable): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) text += chunk;
  return text;
}

function spawnProgram(
  { command, args, env, cwd = '/', account, signal }: ProgramOptions,
  detached: boolean,
): Program {
  signal.throwIfAborted();
  const child = spawn(command, args, { env: { ...env, LC_ALL: 'C' }, cwd, ...account, detached });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-maxStderr);
  });
  const kill = () => (detached ? killGroup(child) : child.kill('SIGKILL'));
  signal.addEventListener('abort', kill, { once: true });
  const ended = new Promise<ProgramExit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      resolve({ ok: code === 0, code: code ?? killedBy ?? 'unknown', stderr });
    });
  }).finally(() => signal.removeEventListener('abort', kill));
  // The reader of the output may fail before `ended` is awaited.
  ended.catch(() => undefined);
  return { stdin: child.stdin, stdout: child.stdout, ended };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has just exited.
  }
}
