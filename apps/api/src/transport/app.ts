import { TexasError } from '@texas-ai/kernel';
import { runWithLogContext } from '@texas-ai/logging';
import cors from 'cors';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { authenticate, authorise } from '../access/authenticate.js';
import { boardPath, queueBoard } from '../board/board.js';
import { docsPage } from '../docs/docs-page.js';
import type { AppDeps } from '../process/deps.js';
import { makeOperations } from '../routes/index.js';
import { jsonBody } from './body.js';
import { answerOptions, refuseMethod, unrouted } from './method-not-allowed.js';
import type { Answer, Operation } from './operation.js';
import { failureOf, problemOf, sendProblem } from './problem.js';
import { sendBytes } from './send-bytes.js';

/**
 * The gateway behind Express. An operation's way: request id, log, authenticate, authorise, limit,
 * body, validate, answer; whatever fails becomes problem details at the end.
 */
export function makeApp(deps: AppDeps): Express {
  const { config, keys, limits } = deps;
  const operations = makeOperations(deps);
  const open = operations.filter(({ scope }) => scope === null);
  const closed = operations.filter(({ scope }) => scope !== null);

  const app = express();
  // An ETag has what says so in the document; Express would give one to everything.
  app.disable('x-powered-by').disable('etag');
  // One address has one spelling; `/v1/characters/` would else be the list of characters.
  app.enable('strict routing').enable('case sensitive routing');
  app.set('query parser', 'simple');
  app.set('trust proxy', config.server.trustProxyHops);
  app.use(withLog(deps));
  if (config.server.corsOrigins.length > 0) app.use(crossOrigin(config.server.corsOrigins));
  app.options('/{*path}', answerOptions(operations));
  app.use(refuseMethod(open));
  for (const operation of open) mount(app, operation, []);
  app.use('/docs', routed('/docs'), docsPage(config.server.basePath));
  app.use(boardPath, routed(boardPath), onceStarted(deps), queueBoard(deps));

  app.use(onceStarted(deps), authenticate({ keys, refuse: limits.failures }), refuseMethod(closed));
  for (const operation of closed) {
    const { scope, limit, body } = operation;
    mount(app, operation, [
      ...(scope === null ? [] : [authorise(scope)]),
      ...(limit === null ? [] : [limits[limit]]),
      ...(body === null ? [] : [jsonBody()]),
    ]);
  }
  app.use(unrouted(closed));
  app.use(asProblem(deps));
  return app;
}

function mount(app: Express, operation: Operation, before: readonly RequestHandler[]): void {
  const { path } = operation;
  app[operation.method](path, routed(path), ...before, async (request, response) => {
    const { requestId, principal } = response.locals;
    const answer: Answer = await operation.answer(request, {
      requestId,
      caller: principal === null ? null : { keyId: principal.keyId },
    });
    if ('stream' in answer) {
      response.locals.isStream = true;
      return answer.stream(request, response);
    }
    if ('ready' in answer) return sendBytes(response, answer.ready);
    response.status(answer.status).set(answer.headers ?? {});
    return answer.body === undefined ? response.end() : response.json(answer.body);
  });
}

/** Says which route took the request. */
function routed(path: string): RequestHandler {
  return (_request, response, next) => {
    response.locals.route = path;
    next();
  };
}

/** One line per request; reads are told of in the finest detail alone. */
function withLog({ logger }: AppDeps): RequestHandler {
  return (request, response, next) => {
    const { requestId } = response.locals;
    const began = performance.now();
    runWithLogContext({ requestId }, () => {
      response.on('finish', () => {
        const level = request.method === 'GET' || request.method === 'HEAD' ? 'debug' : 'info';
        logger[level]('request answered', {
          requestId,
          keyId: response.locals.principal?.keyId,
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
    // OPTIONS is answered where it is for everybody, with Allow.
    preflightContinue: true,
  });
}

/** 503 until the database is up to date and the profiles are in it. */
function onceStarted({ readiness }: AppDeps): RequestHandler {
  return (_request, _response, next) => {
    if (readiness.started) return next();
    return next(new TexasError('storage_unavailable', 'The database is not up to date yet.'));
  };
}

function asProblem({ logger }: AppDeps): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const problem = problemOf(failureOf(error), response.locals.requestId);
    if (problem.status >= 500) {
      // What is away is told of by health; only what nobody foresaw needs a person.
      const level = problem.status === 503 ? 'warn' : 'error';
      logger[level]('request failed', { method: request.method, path: request.path, error });
    }
    // An answer that has begun cannot be taken back: the client must see that it is not whole.
    if (response.headersSent) return void response.destroy();
    return sendProblem(response, problem);
  };
}
