import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** A proxy to a server on 127.0.0.1 that counts the round trips of all connections. */
export interface CountingProxy {
  port: number;
  /** Returns the number of round trips since the last call. */
  take(): number;
  stop(): Promise<void>;
}

/**
 * Everything that a client sends on a connection before the next response counts as one round trip. With
 * `delayMs` all bytes take that long in each direction, as in a network.
 */
export async function startCountingProxy(
  target: number,
  { delayMs = 0 } = {},
): Promise<CountingProxy> {
  let trips = 0;
  const delayed = (send: () => void) => (delayMs === 0 ? send() : setTimeout(send, delayMs));
  const open = new Set<() => void>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    const end = () => {
      client.destroy();
      upstream.destroy();
      open.delete(end);
    };
    open.add(end);
    let answered = true;
    client.setNoDelay().on('data', (bytes) => {
      if (answered) trips += 1;
      answered = false;
      delayed(() => upstream.write(bytes));
    });
    upstream.setNoDelay().on('data', (bytes) => {
      answered = true;
      delayed(() => client.write(bytes));
    });
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    take() {
      const taken = trips;
      trips = 0;
      return taken;
    },
    async stop() {
      server.close();
      for (const end of open) end();
      await once(server, 'close');
    },
  };
}
