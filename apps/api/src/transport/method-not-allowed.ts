import { TexasError } from '@texas-ai/kernel';
import type { RequestHandler } from 'express';
import type { Operation } from './operation.js';

type Routed = Pick<Operation, 'method' | 'path' | 'changes'>;

/** OPTIONS tells which methods an address has, to anybody. */
export function answerOptions(operations: readonly Routed[]): RequestHandler {
  return (request, response, next) => {
    const allowed = methodsOf(operations, request.path);
    if (allowed.length === 0) return next();
    response.set('Allow', allowed.join(', ')).status(204).end();
  };
}

/** Refuses the methods that the address of some operation does not have. */
export function refuseMethod(operations: readonly Routed[]): RequestHandler {
  return (request, response, next) => {
    const allowed = methodsOf(operations, request.path);
    if (allowed.length === 0 || allowed.includes(request.method)) return next();
    response.set('Allow', allowed.join(', '));
    return next(new TexasError('method_not_allowed', `Allowed here: ${allowed.join(', ')}.`));
  };
}

/** What no operation took: a path parameter was left empty, or there is nothing at all. */
export function unrouted(operations: readonly Routed[]): RequestHandler {
  return (request, _response, next) => {
    const empty = emptyParameterOf(operations, request.path);
    if (empty === null) {
      return next(new TexasError('route_not_found', 'There is nothing at this address.'));
    }
    const message = `${empty}: must not be empty.`;
    return next(new TexasError('invalid_request', message, { details: { field: empty } }));
  };
}

/** The methods that some operation has at this path, upper case; HEAD comes with a GET that changes nothing. */
function methodsOf(operations: readonly Routed[], path: string): string[] {
  const here = operations.filter((operation) => patternOf(operation.path, '[^/]+').test(path));
  if (here.length === 0) return [];
  const methods = here.map(({ method }) => method.toUpperCase());
  const looks = here.some(({ method, changes = false }) => method === 'get' && !changes);
  return [...methods, ...(looks ? ['HEAD'] : []), 'OPTIONS'];
}

/** The name of the path parameter that was left empty, as in `/days//generations`; null if none. */
function emptyParameterOf(operations: readonly Routed[], path: string): string | null {
  for (const operation of operations) {
    const match = patternOf(operation.path, '[^/]*').exec(path);
    const index = match?.slice(1).indexOf('') ?? -1;
    const name = [...operation.path.matchAll(/:(\w+)/g)][index]?.[1];
    if (name !== undefined) return name;
  }
  return null;
}

function patternOf(path: string, value: string): RegExp {
  const source = path.replaceAll('.', '\\.').replaceAll(/:\w+/g, `(${value})`);
  return new RegExp(`^${source}$`);
}
