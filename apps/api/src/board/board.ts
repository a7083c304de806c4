import { allows } from '@texas-ai/access';
import { TexasError } from '@texas-ai/kernel';
import express, { type Request, type RequestHandler, Router } from 'express';
import { authenticate, authorise } from '../access/authenticate.js';
import type { AppDeps } from '../process/deps.js';
import { failureOf, problemOf } from '../transport/problem.js';
import { pageHeaders } from '../transport/response.js';
import { signInPage, signOutPage } from './pages.js';
import { boardSession, endSession, openSession, rejectCrossSite, sessionKeyId } from './session.js';

export const boardPath = '/admin/queues';

type Deps = Pick<
  AppDeps,
  'config' | 'keys' | 'limits' | 'clock' | 'queues' | 'redactor' | 'internalApiKey' | 'logger'
>;

/**
 * Bull Board, for keys with the scope `admin`. Browsers sign in with a key and get a session that is
 * valid for the board only; the key is checked again on every request.
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
  router.use(boardSession(address, deps.internalApiKey), rejectCrossSite());

  router.get('/sign-in', (_request, response) => {
    response.type('html').send(signInPage(signIn, null));
  });
  router.post(
    '/sign-in',
    express.urlencoded({ extended: false, limit: '4kb' }),
    async (request, response) => {
      const key: unknown = request.body?.key;
      const authorization = typeof key === 'string' ? `Bearer ${key.trim()}` : undefined;
      const principal = await keys.authenticate(authorization);
      if (principal && allows(principal.scopes, 'admin')) {
        openSession(request, principal.keyId, now());
        logger.info('signed in to the queue board', { keyId: principal.keyId });
        return response.redirect(303, address);
      }
      const showError = (status: number, message: string) =>
        response.status(status).type('html').send(signInPage(signIn, message));
      if (principal)
        return showError(403, 'This key lacks the scope admin. · 该密钥没有 admin 权限。');
      return limits.failedAuthentications(request, response, (error?: unknown) => {
        if (error === undefined) return showError(401, 'This key is not valid. · 密钥无效。');
        const { status } = problemOf(failureOf(error), response.locals.requestId);
        return showError(
          status,
          'Too many invalid keys; wait a minute. · 密钥错误次数过多，请稍后再试。',
        );
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

  router.use(async (request, response, next) => {
    // A key in the header takes precedence over the session.
    const hasKey = request.get('authorization') !== undefined;
    const keyId = hasKey ? null : sessionKeyId(request, now());
    const principal = keyId === null ? null : await keys.find(keyId);
    if (principal && allows(principal.scopes, 'admin')) {
      response.locals.principal = principal;
      return next('router');
    }
    if (!hasKey && isNavigation(request)) {
      return response.redirect(303, signIn);
    }
    return next();
  });
  router.use(
    authenticate({ keys, countFailure: limits.failedAuthentications }),
    authorise('admin'),
  );

  return express.Router().use(router, lazyBullBoard(deps));
}

/** The board's path for browsers, with the base path. */
function addressOf({ config }: Pick<Deps, 'config'>): string {
  return `${config.server.basePath}${boardPath}`;
}

/** Whether a person opens the page, as opposed to a script that requests data. */
function isNavigation(request: Request): boolean {
  return request.method === 'GET' && request.accepts(['json', 'html']) === 'html';
}

/** Bull Board itself, loaded on the first request that finds Redis available. */
function lazyBullBoard(deps: Deps): RequestHandler {
  const { queues, redactor } = deps;
  let view: RequestHandler | null = null;
  return async (request, response, next) => {
    if (queues.connection.status !== 'ready') {
      throw new TexasError('queue_unavailable', 'The queues are unavailable.');
    }
    const { queuesView } = await import('./queues-view.js');
    view ??= await queuesView(addressOf(deps), queues, redactor);
    return view(request, response, next);
  };
}
