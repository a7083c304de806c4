import { once } from 'node:events';
import type { Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface StopServingDeps {
  server: Server;
  readiness: { draining: boolean };
  /** The event streams, which would never end by themselves. */
  streams: { closeAll(): void };
  /** How long requests are still taken, in milliseconds. */
  drainMs: number;
}

/**
 * Stops so that no request is lost. For a while `ready` says no and every answer closes its
 * connection, so that those who send requests turn to another process; then no connection is
 * accepted, idle ones are closed, and what is under way is finished.
 */
export async function stopServing({ server, readiness, streams, drainMs }: StopServingDeps) {
  readiness.draining = true;
  if (!server.listening) return;
  await pause(drainMs);
  const closed = once(server, 'close');
  server.close();
  streams.closeAll();
  await closed;
}
