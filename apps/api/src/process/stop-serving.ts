import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';
import { setTimeout as systemPause } from 'node:timers/promises';
import type { Logger } from '@texas-ai/kernel';

export interface StopServingDeps {
  server: Server & { closeAllConnections(): void };
  unused: ReadonlySet<Socket>;
  readiness: { draining: boolean };
  /** Event streams, which would never end on their own. */
  streams: { closeAll(): void };
  logger: Logger;
  /** How long to keep accepting requests. */
  drainMs: number;
  /** How long active requests may take after that. */
  finishMs: number;
  /** Default: the system's timers. */
  pause?(ms: number): Promise<void>;
}

/** Tracks connections without a request yet, which browsers open speculatively. */
export function unusedConnections(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage) => unused.delete(socket));
  return unused;
}

/** How long the first request on a newly accepted connection may take to arrive. */
const firstRequestMs = 300;

/**
 * Shuts down without losing requests. First, readiness fails and every response closes its connection,
 * so that clients move to another process. Then the server stops accepting connections, closes idle and
 * unused ones, and finishes active requests. Requests that exceed `finishMs` are cut off.
 */
export async function stopServing(deps: StopServingDeps): Promise<void> {
  const { server, unused, readiness, streams, logger, drainMs, finishMs } = deps;
  const { pause = (ms) => systemPause(ms, undefined, { ref: false }) } = deps;
  readiness.draining = true;
  if (!server.listening) return;
  await pause(drainMs);
  const closed = once(server, 'close');
  server.close();
  streams.closeAll();
  await Promise.race([closed, pause(Math.min(firstRequestMs, finishMs))]);
  // Node closes only idle connections that have had a request.
  for (const socket of unused) socket.destroy();
  const timedOut = await Promise.race([closed.then(() => false), pause(finishMs).then(() => true)]);
  if (timedOut) {
    logger.warn('connections cut off at shutdown');
    server.closeAllConnections();
    await closed;
  }
}
