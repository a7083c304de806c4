import { Socket } from 'node:net';
import { jest } from '@jest/globals';

/**
 * Counts this process's round trips to servers, by port. Writes to a socket without a response in between
 * belong to the same trip.
 */
export function countRoundTrips(ports: Record<string, number>) {
  const counts: Record<string, number> = {};
  const answered = new Map<Socket, boolean>();
  const write = Socket.prototype.write;

  function recordWrite(socket: Socket): void {
    const name = Object.keys(ports).find((each) => ports[each] === socket.remotePort);
    if (name === undefined) return;
    if (!answered.has(socket)) socket.on('data', () => answered.set(socket, true));
    if (answered.get(socket) !== false) counts[name] = (counts[name] ?? 0) + 1;
    answered.set(socket, false);
  }

  const spy = jest.spyOn(Socket.prototype, 'write').mockImplementation(function (
    this: Socket,
    ...values: unknown[]
  ) {
    recordWrite(this);
    return Reflect.apply(write, this, values);
  } as typeof write);

  return {
    /** The counts since the last call. */
    take(): Record<string, number> {
      const taken = { ...counts };
      for (const name of Object.keys(counts)) delete counts[name];
      return taken;
    },
    stop: () => spy.mockRestore(),
  };
}
