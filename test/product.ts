import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { localDate } from '@texas-ai/kernel';
import { type TestDatabase, until } from '@texas-ai/testing';

// The built product in separate processes, for the end-to-end tests.

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Starts a production entry point. Its output goes to the log file, or else its stderr to ours. */
export function startApp(
  app: 'api' | 'worker',
  env: Record<string, string>,
  logFile?: string,
): ChildProcess {
  const output = logFile === undefined ? null : createWriteStream(logFile, { flags: 'a' });
  const child = spawn(process.execPath, [join(root, `apps/${app}/dist/main.js`)], {
    env,
    stdio: output ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'ignore', 'inherit'],
  });
  if (output) {
    child.stdout?.pipe(output, { end: false });
    child.stderr?.pipe(output, { end: false });
    child.once('close', () => output.end());
  }
  return child;
}

/** Sends SIGKILL unless the process has exited; resolves once it has. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Resolves once the process is ready; rejects at once if it has exited. */
export function untilReady(url: string, child: ChildProcess): Promise<void> {
  return until(() => {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`It ended with ${child.exitCode ?? child.signalCode} before it was ready.`);
    }
    return isReady(url);
  });
}

/**
 * Returns a date relative to today, `YYYY-MM-DD`, by the clock of the database: processes of the product have their own
 * environment, and may have another clock than the tests.
 */
export async function dateFromToday(
  { store }: Pick<TestDatabase, 'store'>,
  days = 0,
): Promise<string> {
  return localDate(await store.now(), 'Asia/Shanghai')
    .add({ days })
    .toString();
}

export function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}
