import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a server on 127.0.0.1 on which nothing comes through while it stalls. */
export interface StallingProxy {
  port: number;
  /** From here on nothing gets to the server; connections stay open. */
  stall(): void;
  /** Connections that are made from now on are fine; those that stall stay as they are. */
  forgive(): void;
  /** What waited goes through. */
  resume(): void;
  stop(): Promise<void>;
}

export async function startStallingProxy(target: number): Promise<StallingProxy> {
  let stalling = false;
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    clients.add(client);
    client.pipe(upstream).pipe(client);
    if (stalling) client.unpipe(upstream).pause();
    client.on('resume-upstream', () => client.pipe(upstream));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    client.on('close', () => clients.delete(client));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stall() {
      stalling = true;
      for (const client of clients) client.unpipe().pause();
    },
    forgive() {
      stalling = false;
    },
    resume() {
      stalling = false;
      for (const client of clients) client.emit('resume-upstream');
    },
    async stop() {
      for (const client of clients) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
