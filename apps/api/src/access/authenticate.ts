import { allows, type Scope } from '@texas-ai/access';
import { TexasError } from '@texas-ai/kernel';
import type { RequestHandler } from 'express';
import type { KeyRing } from './key-ring.js';

const realm = 'Bearer realm="texas-ai"';

/** Requires a valid key as `Authorization: Bearer …`; otherwise 401 with `WWW-Authenticate` (RFC 6750). */
export function authenticate(deps: {
  keys: Pick<KeyRing, 'authenticate'>;
  /** Counts a failed attempt, and fails the request once there have been too many. */
  countFailure: RequestHandler;
}): RequestHandler {
  return async (request, response, next) => {
    const authorization = request.get('authorization');
    const principal = await deps.keys.authenticate(authorization);
    if (principal) {
      response.locals.principal = principal;
      return next();
    }
    response.set(
      'WWW-Authenticate',
      authorization === undefined ? realm : `${realm}, error="invalid_token"`,
    );
    return deps.countFailure(request, response, (error?: unknown) => next(error ?? unauthorized()));
  };
}

export function unauthorized(): TexasError {
  return new TexasError('unauthorized', 'Send a valid key as “Authorization: Bearer …”.', {
    details: { field: 'Authorization' },
  });
}

/** Requires a key with the scope; otherwise 403. */
export function authorise(scope: Scope): RequestHandler {
  return (_request, response, next) => {
    const { principal } = response.locals;
    if (principal !== null && allows(principal.scopes, scope)) return next();
    response.set('WWW-Authenticate', `${realm}, error="insufficient_scope", scope="${scope}"`);
    const message = `This requires a key with the scope “${scope}”.`;
    return next(new TexasError('forbidden', message, { details: { field: 'Authorization' } }));
  };
}
