import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.js';
import type { FixtureName } from './fixtures.js';
import type { Servers } from './servers.js';

// Each measurement runs in a process of its own: none meets the memory, the compiled code or the open
// connections of another, and one that dies is one that failed.

/** What the process of a measurement is told. */
export interface Task {
  id: string;
  servers: Servers;
  folder: string;
  fixtures: Partial<Record<FixtureName, unknown>>;
}

/** What it says at its end. */
export type Said = { figures: Figure[] } | { failure: string };

/** Longer than any measurement takes on a slow machine. */
const mostMs = 600_000;

/** Measures in another process; rejects with what that failed of, or how it died. */
export async function measureApart(task: Task): Promise<Figure[]> {
  const child = fork(fileURLToPath(new URL('./measure-main.js', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    timeout: mostMs,
    killSignal: 'SIGKILL',
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  try {
    let said: Said | undefined;
    child.on('message', (message: Said) => {
      said = message;
    });
    child.send(task);
    // The channel's end comes after all that was said.
    const [[code, signal]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
    if (said === undefined) {
      const how = signal === null ? `with code ${code}` : `by ${signal}`;
      throw new Error(`The process that measured ended ${how} and said nothing.`);
    }
    if ('failure' in said) throw new Error(said.failure);
    return said.figures;
  } finally {
    process.off('exit', end);
  }
}
