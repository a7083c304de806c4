import { allows } from '@texas-ai/access';
import { TexasError } from '@texas-ai/kernel';
import express, { type Request, type RequestHandler, Router } from 'express';
import { authenticate, authorise } from '../access/authenticate.js';
import type { AppDeps } from '../process/deps.js';
import { pageHeaders } from '../transport/headers.js';
import { failureOf, problemOf } from '../transport/problem.js';
import { signInPage, signOutPage } from './pages.js';
import { refuseCrossSite } from './same-site.js';
import { boardSession, endSession, openSession, sessionKeyId } from './session.js';

export const boardPath = '/admin/queues';

type Deps = Pick<
  AppDeps,
  'config' | 'keys' | 'limits' | 'clock' | 'queues' | 'redactor' | 'internalApiKey' | 'logger'
>;

/**
 * Bull Board behind the admin scope. A client sends its key as ever; a browser is asked for it once
 * and keeps a session that opens nothing but this. The key is looked up again with every request.
 */
export function queueBoard(deps: Deps): RequestHandler {
  const { keys, limits, clock, logger } = deps;
  const router = Router();
  const address = addressOf(deps);
  const signIn = `${address}/sign-in`;
  const now = () => clock.now().epochMilliseconds;

  router.use(pageHeaders, (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  router.use(boardSession(address, deps.internalApiKey), refuseCrossSite());

  router.get('/sign-in', (_request, response) => {
    response.type('html').send(signInPage(signIn, null));
  });
  router.post(
    '/sign-in',
    express.urlencoded({ extended: false, limit: '4kb' }),
    async (request, response) => {
      const key: unknown = request.body?.key;
      const given = typeof key === 'string' ? `Bearer ${key.trim()}` : undefined;
      const principal = await keys.authenticate(given);
      if (principal && allows(principal.scopes, 'admin')) {
        openSession(request, principal.keyId, now());
        logger.info('signed in to the queue board', { keyId: principal.keyId });
        return response.redirect(303, address);
      }
      const refuse = (status: number, sentence: string) =>
        response.status(status).type('html').send(signInPage(signIn, sentence));
      if (principal)
        return refuse(403, 'This key lacks the scope admin. · 该密钥没有 admin 权限。');
      return limits.failures(request, response, (refusal?: unknown) => {
        if (refusal === undefined) return refuse(401, 'This key is not valid. · 密钥无效。');
        const { status } = problemOf(failureOf(refusal), response.locals.requestId);
        return refuse(status, 'Too many wrong keys; wait a minute. · 错误次数过多，请稍后再试。');
      });
    },
  );
  router.get('/sign-out', (_request, response) => {
    response.type('html').send(signOutPage(`${address}/sign-out`));
  });
  router.post('/sign-out', (request, response) => {
    endSession(request);
    response.redirect(303, signIn);
  });

  const byKey: RequestHandler[] = [
    authenticate({ keys, refuse: limits.failures }),
    authorise('admin'),
  ];
  router.use(async (request, response, next) => {
    // A request that brings a key is judged by it alone.
    const session = request.get('authorization') === undefined;
    const keyId = session ? sessionKeyId(request, now()) : null;
    const principal = keyId === null ? null : await keys.find(keyId);
    if (principal && allows(principal.scopes, 'admin')) {
      response.locals.principal = principal;
      return next('router');
    }
    if (request.get('authorization') === undefined && isVisit(request)) {
      return response.redirect(303, signIn);
    }
    return next();
  });
  router.use(...byKey);

  return express.Router().use(router, viewOf(deps));
}

/** Where a browser finds the board. */
function addressOf({ config }: Pick<Deps, 'config'>): string {
  return `${config.server.basePath}${boardPath}`;
}

/** Somebody opens the page, in contrast to a script that loads from it. */
function isVisit(request: Request): boolean {
  return request.method === 'GET' && request.accepts(['json', 'html']) === 'html';
}

/** Made when it is first asked for, and asked for again where Redis was away. */
function viewOf(deps: Deps): RequestHandler {
  const { queues, redactor } = deps;
  let made: RequestHandler | null = null;
  return async (request, response, next) => {
    if (queues.connection.status !== 'ready') {
      throw new TexasError('queue_unavailable', 'The queues do not answer.');
    }
    const { queuesView } = await import('./queues-view.js');
    made ??= await queuesView(addressOf(deps), queues, redactor);
    return made(request, response, next);
  };
}
