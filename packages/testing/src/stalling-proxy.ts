import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a server on 127.0.0.1 on which nothing comes through while it stalls. */
export interface StallingProxy {
  port: number;
  /** From here on nothing gets to the server or comes from it; connections stay open. */
  stall(): void;
  /** Connections that are made from now on are fine; those that stall stay as they are. */
  forgive(): void;
  /** What waited goes through. */
  resume(): void;
  stop(): Promise<void>;
}

interface Way {
  client: Socket;
  upstream: Socket;
}

/** `target` is the server's port, asked for with each connection where it may change. */
export async function startStallingProxy(target: number | (() => number)): Promise<StallingProxy> {
  let stalling = false;
  const ways = new Set<Way>();
  const server = createServer((client) => {
    const upstream = connect(typeof target === 'number' ? target : target(), '127.0.0.1');
    const way = { client, upstream };
    ways.add(way);
    if (!stalling) flow(way);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    client.on('close', () => ways.delete(way));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stall() {
      stalling = true;
      for (const { client, upstream } of ways) {
        client.unpipe().pause();
        upstream.unpipe().pause();
      }
    },
    forgive() {
      stalling = false;
    },
    resume() {
      stalling = false;
      for (const way of ways) flow(way);
    },
    async stop() {
      if (!server.listening) return;
      for (const { client } of ways) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function flow({ client, upstream }: Way): void {
  client.pipe(upstream).pipe(client);
}
