import { allows, type Scope } from '@texas-ai/access';
import { TexasError } from '@texas-ai/kernel';
import type { RequestHandler } from 'express';
import type { KeyRing } from './key-ring.js';

const realm = 'Bearer realm="texas-ai"';

/**
 * Lets a request pass that carries a valid key as `Authorization: Bearer …`; 401 otherwise, unless
 * `refuse`, which is asked first, has another answer. `WWW-Authenticate` is as RFC 6750 says.
 */
export function authenticate(deps: {
  keys: Pick<KeyRing, 'authenticate'>;
  /** Counts failures; refuses with an error once there were too many. */
  refuse: RequestHandler;
}): RequestHandler {
  return async (request, response, next) => {
    const given = request.get('authorization');
    const principal = await deps.keys.authenticate(given);
    if (principal) {
      response.locals.principal = principal;
      return next();
    }
    response.set(
      'WWW-Authenticate',
      given === undefined ? realm : `${realm}, error="invalid_token"`,
    );
    return deps.refuse(request, response, (refusal?: unknown) => next(refusal ?? unauthorized()));
  };
}

export function unauthorized(): TexasError {
  return new TexasError('unauthorized', 'Send a valid key as “Authorization: Bearer …”.', {
    details: { field: 'Authorization' },
  });
}

/** Lets a request pass whose key has the scope; 403 otherwise. */
export function authorise(scope: Scope): RequestHandler {
  return (_request, response, next) => {
    const { principal } = response.locals;
    if (principal !== null && allows(principal.scopes, scope)) return next();
    response.set('WWW-Authenticate', `${realm}, error="insufficient_scope", scope="${scope}"`);
    const message = `This needs a key with the scope “${scope}”.`;
    return next(new TexasError('forbidden', message, { details: { field: 'Authorization' } }));
  };
}
