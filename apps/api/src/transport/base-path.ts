/**
 * What a request asks for below the base path that a proxy serves the api at. Some proxies take that path away and
 * some do not, and probes that come without a proxy do not have it: all of them mean the same. `url` is
 * path and query, `basePath` the setting `server.basePath`.
 */
export function withoutBasePath(url: string, basePath: string): string {
  if (!url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}
