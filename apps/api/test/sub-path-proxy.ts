import { request as send } from 'node:http';
import { type LoopbackServer, startLoopbackServer } from '@texas-ai/testing';

/**
 * A reverse proxy that serves an api below a path. It strips the path, like nginx with a `proxy_pass` that
 * ends in a slash, or keeps it.
 */
export function startSubPathProxy(
  api: { url: string },
  { path, strips }: { path: string; strips: boolean },
): Promise<LoopbackServer> {
  const { hostname, port } = new URL(api.url);
  return startLoopbackServer(0, (request, response) => {
    const { url = '', method, headers } = request;
    if (url !== path && !url.startsWith(`${path}/`)) return void response.writeHead(404).end();
    const target = strips ? url.slice(path.length) || '/' : url;
    const upstream = send({ hostname, port, path: target, method, headers }, (upstreamResponse) => {
      response.writeHead(upstreamResponse.statusCode ?? 502, upstreamResponse.headers);
      upstreamResponse.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  });
}
