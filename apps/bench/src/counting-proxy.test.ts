import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CountingProxy, startCountingProxy } from './counting-proxy.js';

describe('the round trips through a proxy', () => {
  /** Replies to each complete line. */
  const server = createServer((socket) => {
    let line = '';
    socket.on('data', (bytes) => {
      line += bytes;
      if (line.endsWith('\n')) socket.write(line);
      if (line.endsWith('\n')) line = '';
    });
    socket.on('error', () => socket.destroy());
  });
  let proxy: CountingProxy;
  const clients: Socket[] = [];

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await startCountingProxy((server.address() as AddressInfo).port);
  });
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await proxy.stop();
    server.close();
  });

  async function connected(): Promise<Socket> {
    const client = connect(proxy.port, '127.0.0.1').setNoDelay();
    clients.push(client);
    await once(client, 'connect');
    return client;
  }

  async function ask(client: Socket, ...parts: readonly string[]): Promise<void> {
    const answer = once(client, 'data');
    for (const part of parts) client.write(part);
    await answer;
  }

  it('are counted by replies, not by writes, over all connections', async () => {
    const [one, other] = [await connected(), await connected()];
    expect(proxy.take()).toBe(0);
    await ask(one, 'a', 'b', '\n');
    expect(proxy.take()).toBe(1);
    await ask(one, 'c\n');
    await ask(other, 'd\n');
    await ask(one, 'e\n');
    expect(proxy.take()).toBe(3);
    expect(proxy.take()).toBe(0);
  });
});
