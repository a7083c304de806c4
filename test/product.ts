import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

// The built product in processes of its own, as the end-to-end tests run it.

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Starts a production entry; what it says goes to the log file, or else its errors to ours. */
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

/** SIGKILL, unless it has ended already; resolves when it is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Looks again and again; rejects after so many seconds. */
export async function until(
  holds: () => Promise<boolean> | boolean,
  seconds = 30,
  everyMs = 50,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`It did not come true within ${seconds} s.`);
    await pause(everyMs);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}
