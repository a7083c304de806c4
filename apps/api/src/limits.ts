import type { IncomingMessage } from 'node:http';
import type { Config } from '@texas-ai/config';
import { type Logger, TexasError } from '@texas-ai/kernel';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, MemoryStore, rateLimit } from 'express-rate-limit';
import type { Redis } from 'ioredis';
import type { GatewayResponse } from './exchange.js';
import type { LimitName } from './operation.js';
import { SharedCounter } from './shared-counter.js';

export interface Limits extends Record<LimitName, RequestHandler> {
  /** Counts a failed authentication of an address; refuses it with 429 once there were too many. */
  failures: RequestHandler;
  /** `reads` for the handler ahead of Express; `next` gets the refusal. */
  countRead(
    request: IncomingMessage,
    response: GatewayResponse,
    next: (refusal?: unknown) => void,
  ): void;
  close(): void;
}

const windowMs = 60_000;

/** The counters of requests. Each answer tells how it stands, in the headers of the IETF's draft 8. */
export function makeLimits(deps: {
  limits: Config['limits'];
  connection: Redis;
  logger: Logger;
  /** What its keys in Redis begin with. */
  prefix: string;
}): Limits {
  const { limits, connection, logger } = deps;
  const byKey = (_request: Request, response: Response) => response.locals.principal?.keyId ?? '';
  const shared = new SharedCounter({
    connection,
    prefix: `${deps.prefix}:limit:generations:`,
    logger,
  });
  const local = { reads: new MemoryStore(), failures: new MemoryStore() };
  const common = {
    windowMs,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Its checks are of set-ups that cannot be here, and some expect Express' own request.
    validate: false,
    handler: refuse,
  } as const;

  const reads = rateLimit({
    ...common,
    identifier: 'reads',
    limit: limits.readsPerMinute,
    keyGenerator: byKey,
    store: local.reads,
  });
  return {
    reads,
    generations: rateLimit({
      ...common,
      identifier: 'generations',
      limit: limits.generationsPerMinute,
      keyGenerator: byKey,
      store: shared,
    }),
    failures: rateLimit({
      ...common,
      identifier: 'failed-authentications',
      limit: limits.failedAuthenticationsPerMinute,
      keyGenerator: (request) => ipKeyGenerator(request.ip ?? ''),
      store: local.failures,
    }),
    countRead(request, response, next) {
      // It reads the locals and sets headers, both of which a GatewayResponse has.
      reads(request as Request, response as unknown as Response, next);
    },
    close() {
      for (const store of [shared, local.reads, local.failures]) store.shutdown();
    },
  };
}

function refuse(_request: Request, _response: Response, next: NextFunction): void {
  next(new TexasError('rate_limited', 'Too many requests; Retry-After says in how many seconds.'));
}
