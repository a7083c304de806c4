import { TexasError } from '@texas-ai/kernel';
import { runWithLogContext } from '@texas-ai/logging';
import cors from 'cors';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { authenticate, authorise } from '../access/authenticate.js';
import { boardPath, queueBoard } from '../board/board.js';
import { docsPage } from '../openapi/docs-page.js';
import type { AppDeps } from '../process/deps.js';
import { makeOperations } from '../routes/index.js';
import { jsonBody } from './body.js';
import { handleOptions, methodNotAllowed, notFound } from './method-not-allowed.js';
import type { Operation } from './operation.js';
import { failureOf, problemOf, sendProblem } from './problem.js';
import { sendBytes } from './response.js';

/**
 * The Express app. An operation runs behind logging, authentication, authorization, rate limit and body
 * parser; every error ends as problem details.
 */
export function makeApp(deps: AppDeps): Express {
  const { config, keys, limits } = deps;
  const operations = makeOperations(deps);
  const publicOperations = operations.filter(({ scope }) => scope === null);
  const protectedOperations = operations.filter(({ scope }) => scope !== null);

  const app = express();
  // Only documented operations have an ETag.
  app.disable('x-powered-by').disable('etag');
  // Otherwise `/v1/characters/`, with an empty id, would list all characters.
  app.enable('strict routing').enable('case sensitive routing');
  app.set('query parser', 'simple');
  app.set('trust proxy', config.server.trustProxyHops);
  app.use(logRequests(deps));
  if (config.server.corsOrigins.length > 0) app.use(crossOrigin(config.server.corsOrigins));
  app.options('/{*path}', handleOptions(operations));
  app.use(methodNotAllowed(publicOperations));
  for (const operation of publicOperations) mount(app, operation, []);
  app.use('/docs', setRoute('/docs'), docsPage(config.server.basePath));
  app.use(boardPath, setRoute(boardPath), requireStarted(deps), queueBoard(deps));

  app.use(
    requireStarted(deps),
    authenticate({ keys, countFailure: limits.failedAuthentications }),
    methodNotAllowed(protectedOperations),
  );
  for (const operation of protectedOperations) {
    const { scope, limit, body } = operation;
    mount(app, operation, [
      ...(scope === null ? [] : [authorise(scope)]),
      ...(limit === null ? [] : [limits[limit]]),
      ...(body === null ? [] : [jsonBody()]),
    ]);
  }
  app.use(notFound(protectedOperations));
  app.use(handleErrors(deps));
  return app;
}

function mount(app: Express, operation: Operation, before: readonly RequestHandler[]): void {
  const { path } = operation;
  app[operation.method](path, setRoute(path), ...before, async (request, response) => {
    const { requestId, principal } = response.locals;
    const result = await operation.respond(request, { requestId, caller: principal });
    if ('stream' in result) {
      response.locals.isStream = true;
      return result.stream(request, response);
    }
    if ('raw' in result) return sendBytes(response, result.raw);
    response.status(result.status).set(result.headers ?? {});
    return result.body === undefined ? response.end() : response.json(result.body);
  });
}

/** Records the matched route for metrics. */
function setRoute(path: string): RequestHandler {
  return (_request, response, next) => {
    response.locals.route = path;
    next();
  };
}

/** One log line per request; reads only at level debug. */
function logRequests({ logger }: Pick<AppDeps, 'logger'>): RequestHandler {
  return (request, response, next) => {
    const { requestId } = response.locals;
    const startedAt = performance.now();
    runWithLogContext({ requestId }, () => {
      response.on('finish', () => {
        const level = request.method === 'GET' || request.method === 'HEAD' ? 'debug' : 'info';
        logger[level]('request completed', {
          requestId,
          keyId: response.locals.principal?.keyId,
          method: request.method,
          path: request.path,
          status: response.statusCode,
          ms: Math.round(performance.now() - startedAt),
        });
      });
      next();
    });
  };
}

function crossOrigin(origins: readonly string[]): RequestHandler {
  return cors({
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    exposedHeaders: [
      'Cache-Status',
      'Deprecation',
      'ETag',
      'Link',
      'Location',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'WWW-Authenticate',
      'X-Request-Id',
    ],
    maxAge: 600,
    // `answerOptions` ends OPTIONS requests, with Allow.
    preflightContinue: true,
  });
}

/** 503 until migrations and profiles are in the database. */
function requireStarted({ readiness }: Pick<AppDeps, 'readiness'>): RequestHandler {
  return (_request, _response, next) => {
    if (readiness.started) return next();
    return next(new TexasError('storage_unavailable', 'The database is not up to date yet.'));
  };
}

function handleErrors({ logger }: Pick<AppDeps, 'logger'>): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const problem = problemOf(failureOf(error), response.locals.requestId);
    if (problem.status >= 500) {
      // Health checks and alerts cover outages; only unexpected errors need a person.
      const level = problem.status === 503 ? 'warn' : 'error';
      logger[level]('request failed', { method: request.method, path: request.path, error });
    }
    // The response has started, so closing the connection is the only way to report the failure.
    if (response.headersSent) return void response.destroy();
    return sendProblem(response, problem);
  };
}
