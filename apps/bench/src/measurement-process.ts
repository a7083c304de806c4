import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.js';
import type { FixtureName } from './fixtures.js';
import type { Servers } from './servers.js';

// Each measurement runs in a separate process, so that memory, compiled code and open connections of others do not
// affect it, and a crash only fails that measurement.

/** The message to the process of a measurement. */
export interface Task {
  id: string;
  servers: Servers;
  folder: string;
  fixtures: Partial<Record<FixtureName, unknown>>;
}

/** Its reply. */
export type Reply = { figures: Figure[] } | { failure: string };

/** Longer than any measurement takes on a slow machine. */
const timeoutMs = 600_000;

/** Measures in another process; rejects with its failure or its exit status. */
export async function measureInProcess(task: Task): Promise<Figure[]> {
  const child = fork(fileURLToPath(new URL('./measure-main.js', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  try {
    let reply: Reply | undefined;
    child.on('message', (message: Reply) => {
      reply = message;
    });
    child.send(task);
    // The channel is closed only after all messages have arrived.
    const [[code, signal]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
    if (reply === undefined) {
      const how = signal === null ? `with code ${code}` : `by ${signal}`;
      throw new Error(`The measuring process exited ${how} without a reply.`);
    }
    if ('failure' in reply) throw new Error(reply.failure);
    return reply.figures;
  } finally {
    process.off('exit', end);
  }
}
