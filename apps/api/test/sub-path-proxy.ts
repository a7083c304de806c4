import { request as ask } from 'node:http';
import { type LoopbackServer, startLoopbackServer } from '@texas-ai/testing';

/**
 * A reverse proxy that serves an api below a path of its own and has nothing beside it. It takes that path
 * away from what it passes on, as nginx does for a `proxy_pass` that ends in a slash, or leaves it.
 */
export function startSubPathProxy(
  api: { url: string },
  { path, strips }: { path: string; strips: boolean },
): Promise<LoopbackServer> {
  const { hostname, port } = new URL(api.url);
  return startLoopbackServer(0, (request, response) => {
    const { url = '', method, headers } = request;
    if (url !== path && !url.startsWith(`${path}/`)) return void response.writeHead(404).end();
    const passedOn = strips ? url.slice(path.length) || '/' : url;
    const upstream = ask({ hostname, port, path: passedOn, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  });
}
