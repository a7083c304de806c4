import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ProxySettings } from './proxy-for.js';
import { type Egress, useProxy } from './use-proxy.js';

interface ReceivedRequest {
  /** For example `CONNECT a.example:443`. */
  line: string;
  authorization: string | undefined;
}

let received: ReceivedRequest[];
let server: http.Server;
let port: number;
let egress: Egress | undefined;

beforeAll(async () => {
  const record = ({ method, url, headers }: http.IncomingMessage) =>
    received.push({ line: `${method} ${url}`, authorization: headers['proxy-authorization'] });
  server = http.createServer((request, response) => {
    record(request);
    response.end('response');
  });
  // Tunnels are only recorded.
  server.on('connect', (request, socket) => {
    record(request);
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});
beforeEach(() => {
  received = [];
});
afterEach(async () => {
  await egress?.close();
  egress = undefined;
});

/** The body; undefined if the request failed. */
async function get(url: string): Promise<string | undefined> {
  const request = (url.startsWith('https:') ? https : http).get(url);
  try {
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    let body = '';
    for await (const chunk of response) body += String(chunk);
    return response.statusCode === 200 ? body : undefined;
  } catch {
    return undefined;
  }
}

/** Uses Node's own fetch, which Jest's sandbox replaces, in a process with the built package. */
async function getByFetch(url: string, settings: ProxySettings): Promise<string | undefined> {
  const script = `
    import { useProxy } from ${JSON.stringify(import.meta.resolve('../dist/index.js'))};
    const [url, settings] = process.argv.slice(1);
    const egress = useProxy(JSON.parse(settings), console.error);
    const body = await fetch(url).then((answer) => answer.text(), () => undefined);
    await egress.close();
    process.stdout.write(JSON.stringify({ body }));`;
  const args = ['--input-type=module', '--eval', script, '--', url, JSON.stringify(settings)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout).body;
}

function expectNoWarning(message: string): void {
  throw new Error(message);
}

async function getDirectly(url: string, settings: ProxySettings): Promise<string | undefined> {
  egress = useProxy(settings, expectNoWarning);
  return get(url);
}

describe.each([
  ['node:http', getDirectly],
  ['fetch', getByFetch],
])('%s', (_name, ask) => {
  const proxy = () => `http://texas:s3%40same@127.0.0.1:${port}`;
  const authorization = `Basic ${Buffer.from('texas:s3@same').toString('base64')}`;

  test('sends plain requests to the proxy', async () => {
    const settings = { http: proxy(), https: null, noProxy: null };
    expect(await ask('http://plain.example:8080/a?b', settings)).toBe('response');
    expect(received).toEqual([{ line: 'GET http://plain.example:8080/a?b', authorization }]);
  });

  test.each(['secure.example:443', 'secure.example:8443', '[2001:db8::1]:8443'])(
    'opens one tunnel to %s, and fails if the proxy hangs up',
    async (authority) => {
      const settings = { http: null, https: proxy(), noProxy: null };
      expect(await ask(`https://${authority}/a?b`, settings)).toBeUndefined();
      expect(received).toEqual([{ line: `CONNECT ${authority}`, authorization }]);
    },
  );

  test('sends requests to this machine and to hosts of NO_PROXY directly', async () => {
    const nowhere = 'http://proxy.invalid:3128';
    const settings = { http: nowhere, https: nowhere, noProxy: 'example.org' };
    expect(await ask(`http://127.0.0.1:${port}/a`, settings)).toBe('response');
    expect(received).toEqual([{ line: 'GET /a', authorization: undefined }]);
  });
});

test('close restores direct requests', async () => {
  const settings = { http: 'http://proxy.invalid', https: null, noProxy: '*.example' };
  await useProxy(settings, expectNoWarning).close();
  expect(await get(`http://127.0.0.1:${port}/a`)).toBe('response');
});

test('changes nothing without a proxy, and ignores NO_PROXY', () => {
  const before = [http.globalAgent, https.globalAgent];
  egress = useProxy({ http: null, https: null, noProxy: '<local>' }, expectNoWarning);
  expect([http.globalAgent, https.globalAgent]).toEqual(before);
  expect(egress.agent).toBeNull();
});
