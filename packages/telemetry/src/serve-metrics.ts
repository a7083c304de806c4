import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Logger, TexasError } from '@texas-ai/kernel';
import type { Metrics } from './metrics.js';
import type { Readiness } from './readiness.js';

export interface ServeMetricsOptions {
  host: string;
  /** 0 for any free port. */
  port: number;
  metrics: Metrics;
  readiness: Pick<Readiness, 'reasonNotReady'>;
  logger: Logger;
}

export interface MetricsServer {
  port: number;
  close(): Promise<void>;
}

/**
 * Serves `/metrics`, `/health/live` and `/health/ready` on a port of their own, without authentication.
 * Throws `local_service_failed` if the port is in use.
 */
export async function serveMetrics(options: ServeMetricsOptions): Promise<MetricsServer> {
  const { host, port, metrics, readiness, logger } = options;
  const routes: Record<string, (response: ServerResponse) => Promise<void>> = {
    '/metrics': async (response) => send(response, 200, metrics.contentType, await metrics.text()),
    '/health/live': async (response) => sendJson(response, 200, { status: 'live' }),
    '/health/ready': async (response) => {
      const reason = await readiness.reasonNotReady();
      const status = reason === null ? 'ready' : 'unready';
      sendJson(response, reason === null ? 200 : 503, { status, reason });
    },
  };
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    const route = routes[url.split('?')[0] ?? ''];
    request.resume();
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return sendJson(response, 405, { status: 'method not allowed' });
    }
    if (!route) return sendJson(response, 404, { status: 'not found' });
    route(response).catch((error) => {
      logger.error('metrics request failed', { path: url, error });
      if (!response.headersSent) sendJson(response, 500, { status: 'failed' });
    });
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const reason = `Cannot serve metrics on ${host}:${port}: set METRICS_PORT to a free port.`;
    throw new TexasError('local_service_failed', reason, { cause });
  }
  const address = server.address() as AddressInfo;
  logger.info('metrics server started', { host, port: address.port });
  return {
    port: address.port,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body));
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
}
