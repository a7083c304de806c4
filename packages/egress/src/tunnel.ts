import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { percentDecoded } from '@texas-ai/kernel';

const timeoutMs = 30_000;

/** Opens a connection to `authority` (`host:port`) through the proxy. Rejects if the proxy refuses. */
export async function openTunnel(proxy: URL, authority: string): Promise<Socket> {
  const { protocol, username, password } = proxy;
  const credentials = Buffer.from(`${percentDecoded(username)}:${percentDecoded(password)}`);
  const client = protocol === 'https:' ? https : http;
  const request = client.request(new URL(proxy.origin), {
    method: 'CONNECT',
    path: authority,
    headers: {
      host: authority,
      ...(username && { 'proxy-authorization': `Basic ${credentials.toString('base64')}` }),
    },
    agent: new client.Agent(),
    timeout: timeoutMs,
  });
  request.on('timeout', () =>
    request.destroy(new Error(`The proxy ${proxy.host} does not respond.`)),
  );
  request.end();
  const [response, socket] = (await once(request, 'connect')) as [http.IncomingMessage, Socket];
  if (response.statusCode === 200) return socket;
  socket.destroy();
  throw new Error(
    `The proxy ${proxy.host} refused to connect to ${authority} (HTTP ${response.statusCode}).`,
  );
}
