import { randomUUID } from 'node:crypto';
import { TexasError } from '@texas-ai/kernel';
import { runWithLogContext } from '@texas-ai/logging';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { authenticate } from './authenticate.js';
import type { ApiDeps } from './deps.js';
import { failureOf, problemOf } from './problem.js';
import type { Route } from './route.js';
import { makeRoutes } from './routes/index.js';
import { emptyParameterOf, methodsOf } from './unrouted.js';

export type AppDeps = Pick<
  ApiDeps,
  'config' | 'logger' | 'store' | 'producer' | 'clock' | 'internalApiKey' | 'readiness'
>;

/** The gateway: request id, authentication, body, validation, answer, problem details. */
export function makeApp(deps: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(withRequestId(deps));

  const routes = makeRoutes(deps);
  for (const route of routes.filter(({ scope }) => scope === 'none')) mount(app, route);
  app.use(authenticate(deps.internalApiKey));
  app.use(onceStarted(deps));
  app.use(jsonBody());
  for (const route of routes.filter(({ scope }) => scope !== 'none')) mount(app, route);

  app.use(unrouted(routes));
  app.use(asProblem(deps));
  return app;
}

function mount(app: Express, route: Route): void {
  app[route.method](route.path, async (request, response) => {
    const answer = await route.answer(request, response.locals.requestId);
    response.status(answer.status).set(answer.headers ?? {});
    if (answer.body === undefined) response.end();
    else response.json(answer.body);
  });
}

function withRequestId({ logger }: AppDeps): RequestHandler {
  return (request, response, next) => {
    const given = request.get('x-request-id');
    const requestId = given && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    response.locals.requestId = requestId;
    response.set('X-Request-Id', requestId);
    const began = performance.now();
    runWithLogContext({ requestId }, () => {
      response.on('finish', () => {
        const level = request.method === 'GET' || request.method === 'HEAD' ? 'debug' : 'info';
        logger[level]('request answered', {
          requestId,
          method: request.method,
          path: request.path,
          status: response.statusCode,
          ms: Math.round(performance.now() - began),
        });
      });
      next();
    });
  };
}

/** 503 until the database is up to date and the profiles are in it. */
function onceStarted({ readiness }: AppDeps): RequestHandler {
  return (_request, _response, next) => {
    if (readiness.started) return next();
    return next(new TexasError('storage_unavailable', 'The database is not up to date yet.'));
  };
}

function jsonBody(): RequestHandler {
  const parse = express.json({ limit: '100kb' });
  return (request, response, next) => {
    const empty =
      !request.get('transfer-encoding') && Number(request.get('content-length') ?? 0) === 0;
    if (empty || request.is('application/json')) return parse(request, response, next);
    return next(
      new TexasError('unsupported_media_type', 'Send the body as application/json.', {
        details: { field: 'Content-Type' },
      }),
    );
  };
}

function unrouted(routes: readonly Route[]): RequestHandler {
  return (request, response, next) => {
    const allowed = methodsOf(routes, request.path);
    if (allowed.length > 0) {
      response.set('Allow', allowed.join(', '));
      return next(new TexasError('method_not_allowed', `Allowed here: ${allowed.join(', ')}.`));
    }
    const empty = emptyParameterOf(routes, request.path);
    if (empty !== null) {
      return next(
        new TexasError('invalid_request', `${empty}: must not be empty.`, {
          details: { field: empty },
        }),
      );
    }
    return next(new TexasError('route_not_found', 'There is nothing at this address.'));
  };
}

function asProblem({ logger }: AppDeps): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const problem = problemOf(failureOf(error), response.locals.requestId);
    if (problem.status >= 500) {
      logger.error('request failed', { method: request.method, path: request.path, error });
    }
    return response.status(problem.status).type('application/problem+json').json(problem);
  };
}
