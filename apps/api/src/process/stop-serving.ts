import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';
import { setTimeout as systemPause } from 'node:timers/promises';
import type { Logger } from '@texas-ai/kernel';

export interface StopServingDeps {
  server: Server & { closeAllConnections(): void };
  unused: ReadonlySet<Socket>;
  readiness: { draining: boolean };
  /** The event streams, which would never end by themselves. */
  streams: { closeAll(): void };
  logger: Logger;
  /** How long requests are still taken, in milliseconds. */
  drainMs: number;
  /** How long what is under way may take after that, in milliseconds. */
  finishMs: number;
  /** Waits so many milliseconds; by default by the system's timers. */
  pause?(ms: number): Promise<void>;
}

/** The connections on which no request has come yet, such as browsers open in advance. */
export function unusedConnections(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage) => unused.delete(socket));
  return unused;
}

/** A request on a connection that was just accepted may be on its way for so long, in milliseconds. */
const onItsWayMs = 300;

/**
 * Stops so that no request is lost. For a while `ready` says no and every answer closes its
 * connection, so that those who send requests turn to another process; then no connection is
 * accepted, idle and unused ones are closed, and what is under way is finished. What is not finished
 * in time, such as a body that never ends, is cut off.
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
  await Promise.race([closed, pause(Math.min(onItsWayMs, finishMs))]);
  // Node closes idle connections, which are those that have had a request.
  for (const socket of unused) socket.destroy();
  const late = await Promise.race([closed.then(() => false), pause(finishMs).then(() => true)]);
  if (late) {
    logger.warn('connections cut off that did not end in time');
    server.closeAllConnections();
    await closed;
  }
}
