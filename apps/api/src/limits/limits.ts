import type { Config } from '@texas-ai/config';
import type { Logger } from '@texas-ai/kernel';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, MemoryStore, rateLimit } from 'express-rate-limit';
import type { Redis } from 'ioredis';
import { clientAddress } from '../access/client-address.js';
import { setHeaders } from '../transport/headers.js';
import type { LimitName } from '../transport/operation.js';
import { makeReadLimit, type ReadLimit, tooMany, windowMs } from './read-limit.js';
import { SharedCounter } from './shared-counter.js';

export interface Limits extends Record<LimitName, RequestHandler> {
  /** Counts a failed authentication of an address; refuses it with 429 once there were too many. */
  failures: RequestHandler;
  /** What `reads` counts by, for the handler ahead of Express. */
  countRead: ReadLimit;
  close(): void;
}

/** The counters of requests. Each answer tells how it stands, in the headers of the IETF's draft 8. */
export function makeLimits(deps: {
  limits: Config['limits'];
  trustProxyHops: number;
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
  const local = new MemoryStore();
  const countRead = makeReadLimit(limits.readsPerMinute);
  const common = {
    windowMs,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Its checks are of set-ups that cannot be here, and some expect Express' own request.
    validate: false,
    handler: refuse,
  } as const;

  return {
    countRead,
    reads(_request, response, next) {
      const { refusal, headers } = countRead(response.locals.principal?.keyId ?? '');
      setHeaders(response, headers);
      next(refusal ?? undefined);
    },
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
      // Of IPv6 a whole network of 56 bits counts as one client.
      keyGenerator: (request) => ipKeyGenerator(clientAddress(request, deps.trustProxyHops)),
      store: local,
    }),
    close() {
      for (const store of [shared, local]) store.shutdown();
    },
  };
}

function refuse(_request: Request, _response: Response, next: NextFunction): void {
  next(tooMany());
}
