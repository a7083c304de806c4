import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface StopServingDeps {
  server: Server;
  unused: ReadonlySet<Socket>;
  readiness: { draining: boolean };
  /** The event streams, which would never end by themselves. */
  streams: { closeAll(): void };
  /** How long requests are still taken, in milliseconds. */
  drainMs: number;
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

/**
 * Stops so that no request is lost. For a while `ready` says no and every answer closes its
 * connection, so that those who send requests turn to another process; then no connection is
 * accepted, idle and unused ones are closed, and what is under way is finished.
 */
export async function stopServing(deps: StopServingDeps): Promise<void> {
  const { server, unused, readiness, streams, drainMs } = deps;
  readiness.draining = true;
  if (!server.listening) return;
  await pause(drainMs);
  const closed = once(server, 'close');
  server.close();
  // Node closes idle connections, which are those that have had a request.
  for (const socket of unused) socket.destroy();
  streams.closeAll();
  await closed;
}
