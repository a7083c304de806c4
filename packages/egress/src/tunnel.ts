import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { percentDecoded } from '@texas-ai/kernel';

/** A proxy that hangs has so long to connect, in milliseconds. */
const timeoutMs = 30_000;

/** A connection to `authority` (`host:port`) that the proxy makes. Rejects where it does not. */
export async function openTunnel(proxy: URL, authority: string): Promise<Socket> {
  const { protocol, username, password } = proxy;
  const login = Buffer.from(`${percentDecoded(username)}:${percentDecoded(password)}`);
  const client = protocol === 'https:' ? https : http;
  const request = client.request(new URL(proxy.origin), {
    method: 'CONNECT',
    path: authority,
    headers: {
      host: authority,
      ...(username && { 'proxy-authorization': `Basic ${login.toString('base64')}` }),
    },
    agent: new client.Agent(),
    timeout: timeoutMs,
  });
  request.on('timeout', () =>
    request.destroy(new Error(`The proxy ${proxy.host} does not answer.`)),
  );
  request.end();
  const [response, socket] = (await once(request, 'connect')) as [http.IncomingMessage, Socket];
  if (response.statusCode === 200) return socket;
  socket.destroy();
  const answer = `HTTP ${response.statusCode}`;
  throw new Error(
    `The proxy ${proxy.host} answered ${answer} when asked to connect to ${authority}.`,
  );
}
