import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A proxy to a server on 127.0.0.1 that passes nothing on while it is stalled. */
export interface StallingProxy {
  port: number;
  /** Stops all data in both directions; connections stay open. */
  stall(): void;
  /** Passes the data of new connections on; existing ones stay stalled. */
  acceptNew(): void;
  /** Passes everything on again, including the data held back. */
  resume(): void;
  stop(): Promise<void>;
}

interface Link {
  client: Socket;
  upstream: Socket;
}

/** `target` is the server's port, or a function that returns it for each connection. */
export async function startStallingProxy(target: number | (() => number)): Promise<StallingProxy> {
  let stalling = false;
  const links = new Set<Link>();
  const server = createServer((client) => {
    const upstream = connect(typeof target === 'number' ? target : target(), '127.0.0.1');
    const link = { client, upstream };
    links.add(link);
    if (!stalling) flow(link);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    client.on('close', () => links.delete(link));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stall() {
      stalling = true;
      for (const { client, upstream } of links) {
        client.unpipe().pause();
        upstream.unpipe().pause();
      }
    },
    acceptNew() {
      stalling = false;
    },
    resume() {
      stalling = false;
      for (const link of links) flow(link);
    },
    async stop() {
      if (!server.listening) return;
      for (const { client } of links) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function flow({ client, upstream }: Link): void {
  client.pipe(upstream).pipe(client);
}
