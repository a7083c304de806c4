import type { Config } from '@texas-ai/config';
import type { Logger } from '@texas-ai/kernel';
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { Redis } from 'ioredis';
import { clientAddress } from '../access/client-address.js';
import type { LimitName } from '../transport/operation.js';
import { setHeaders } from '../transport/response.js';
import { makeReadLimit, type ReadLimit, rateLimited, windowMs } from './read-limit.js';
import { makeSharedStore } from './shared-store.js';

export interface Limits extends Record<LimitName, RequestHandler> {
  /** Counts a failed authentication of a client address; fails with 429 once there have been too many. */
  failedAuthentications: RequestHandler;
  /** The counter behind `reads`, for the cached-day fast path. */
  countRead: ReadLimit;
}

/** The rate limits of requests, reported in the `RateLimit` header fields of IETF draft 8. */
export function makeLimits(deps: {
  limits: Config['limits'];
  trustProxyHops: number;
  connection: Redis;
  logger: Logger;
  /** Prefix of its keys in Redis. */
  prefix: string;
}): Limits {
  const { limits, connection, logger, prefix } = deps;
  const apiKeyOf = (_request: Request, response: Response) =>
    response.locals.principal?.keyId ?? '';
  const countRead = makeReadLimit(limits.readsPerMinute);
  const common = {
    windowMs,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Its checks expect Express's own request class and cover misconfigurations that cannot occur here.
    validate: false,
    handler: (_request: Request, _response: Response, next: (error: unknown) => void) =>
      next(rateLimited()),
  } as const;

  return {
    countRead,
    reads(_request, response, next) {
      const { error, headers } = countRead(response.locals.principal?.keyId ?? '');
      setHeaders(response, headers);
      next(error ?? undefined);
    },
    generations: rateLimit({
      ...common,
      identifier: 'generations',
      limit: limits.generationsPerMinute,
      keyGenerator: apiKeyOf,
      store: makeSharedStore({
        connection,
        keyPrefix: `${prefix}:limit:generations`,
        windowMs,
        logger,
      }),
    }),
    failedAuthentications: rateLimit({
      ...common,
      identifier: 'failed-authentications',
      limit: limits.failedAuthenticationsPerMinute,
      // IPv6 clients are counted by their /56 network.
      keyGenerator: (request) => ipKeyGenerator(clientAddress(request, deps.trustProxyHops)),
    }),
  };
}
