import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
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

/** Below those that outgoing connections take: one of them could have it before a process listens. */
const ports = { first: 20_000, last: 32_000 };

/** A port of 127.0.0.1 that nothing listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(ports.first, ports.last);
    const server = createServer();
    const listens = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!listens) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

export function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}
