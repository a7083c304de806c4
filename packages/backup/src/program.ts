import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export interface ProgramOptions {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Kills the program and all that it started. */
  signal: AbortSignal;
}

export interface Program {
  stdin: Writable;
  stdout: Readable;
  /** Resolves when it and its outputs have ended; rejects only where it could not be started. */
  ended: Promise<Ending>;
}

export interface Ending {
  ok: boolean;
  /** The exit code, or the name of the signal that killed it. */
  code: number | string;
  /** The end of what it wrote to stderr. */
  stderr: string;
}

/** Characters of stderr that are kept. */
const keptStderr = 4000;

/** Starts a program in a process group of its own, so that it is killed with all its children. */
export function startProgram({ command, args, env, signal }: ProgramOptions): Program {
  signal.throwIfAborted();
  // PostgreSQL's words are recognised in English.
  const child = spawn(command, args, { env: { ...env, LC_ALL: 'C' }, cwd: '/', detached: true });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-keptStderr);
  });
  const kill = () => killGroup(child);
  signal.addEventListener('abort', kill, { once: true });
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      resolve({ ok: code === 0, code: code ?? killedBy ?? 'unknown', stderr });
    });
  }).finally(() => signal.removeEventListener('abort', kill));
  // Whoever reads the output may fail first; the ending is awaited after.
  ended.catch(() => undefined);
  return { stdin: child.stdin, stdout: child.stdout, ended };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

/** Runs a short program without input to its end. */
export async function runProgram(options: ProgramOptions): Promise<Ending & { stdout: string }> {
  const program = startProgram(options);
  program.stdin.on('error', () => undefined).end();
  const stdout = await readText(program.stdout);
  return { ...(await program.ended), stdout };
}

/** All that a stream says; only for what is known to be short. */
export async function readText(stream: Readable): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) text += chunk;
  return text;
}
