import { TexasError } from '@texas-ai/kernel';
import { type RequestHandler, Router } from 'express';
import type { Operation } from './operation.js';

type Routed = Pick<Operation, 'method' | 'path' | 'changes'>;

/** Responds to OPTIONS with the methods of the path; requires no key. */
export function handleOptions(operations: readonly Routed[]): RequestHandler {
  return forEachPath(operations, (allowed) => (_request, response) => {
    response.set('Allow', allowed.join(', ')).status(204).end();
  });
}

/** 405 for methods that a known path does not support. */
export function methodNotAllowed(operations: readonly Routed[]): RequestHandler {
  return forEachPath(operations, (allowed) => (request, response, next) => {
    if (allowed.includes(request.method)) return next();
    response.set('Allow', allowed.join(', '));
    return next(new TexasError('method_not_allowed', `Allowed here: ${allowed.join(', ')}.`));
  });
}

function forEachPath(
  operations: readonly Routed[],
  handlerOf: (allowed: readonly string[]) => RequestHandler,
): RequestHandler {
  const router = Router({ caseSensitive: true, strict: true });
  for (const path of new Set(operations.map((operation) => operation.path))) {
    const allowed = allowedMethods(operations.filter((operation) => operation.path === path));
    router.all(path, handlerOf(allowed));
  }
  return router;
}

/** Upper case. HEAD is allowed wherever a GET has no side effects. */
function allowedMethods(operations: readonly Routed[]): string[] {
  const methods = operations.map(({ method }) => method.toUpperCase());
  const safe = operations.some(({ method, changes = false }) => method === 'get' && !changes);
  return [...methods, ...(safe ? ['HEAD'] : []), 'OPTIONS'];
}

/** The last handler: 400 if a path parameter is empty, as in `/days//generations`, otherwise 404. */
export function notFound(operations: readonly Routed[]): RequestHandler {
  const routes = operations.map(({ path }) => ({
    names: [...path.matchAll(/:(\w+)/g)].map(([, name]) => name),
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '([^/]*)')}$`),
  }));
  return (request, _response, next) => {
    for (const { names, pattern } of routes) {
      const values = pattern.exec(request.path)?.slice(1) ?? [];
      const field = names[values.indexOf('')];
      if (field === undefined) continue;
      const message = `${field}: must not be empty.`;
      return next(new TexasError('invalid_request', message, { details: { field } }));
    }
    return next(new TexasError('route_not_found', 'No route matches this path.'));
  };
}
