import { expect, test } from '@jest/globals';
import type { Scope } from '@texas-ai/access';
import { TexasError } from '@texas-ai/kernel';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import request from 'supertest';
import { authenticate, authorise } from './authenticate.js';
import type { Principal } from './key-ring.js';

const statuses: Record<string, number> = {
  unauthorized: 401,
  forbidden: 403,
  rate_limited: 429,
  storage_unavailable: 503,
};
const asStatus: ErrorRequestHandler = (error, _request, response, _next) => {
  response.status(statuses[error.code] ?? 500).json({ code: error.code, detail: error.message });
};
const through: RequestHandler = (_request, _response, next) => next();

/** An app with one key, “right”, and one route with the scope `generate`. */
function makeApp({ scopes = ['read'] as Scope[], countFailure = through, away = false } = {}) {
  const keys = {
    async authenticate(authorization: string | undefined): Promise<Principal | null> {
      if (away) throw new TexasError('storage_unavailable', 'The database is unavailable.');
      return authorization === 'Bearer right' ? { keyId: 'one', name: 'one', scopes } : null;
    },
  };
  const app = express();
  app.use((_request, response, next) => {
    response.locals.principal = null;
    next();
  });
  app.use(authenticate({ keys, countFailure }));
  app.get('/', authorise('generate'), (_request, response) => {
    response.json({ keyId: response.locals.principal.keyId });
  });
  app.use(asStatus);
  return app;
}

const ask = (app: express.Express, authorization?: string) =>
  authorization === undefined
    ? request(app).get('/')
    : request(app).get('/').set('Authorization', authorization);

test('a valid key passes, and the route knows its principal', async () => {
  const response = await ask(makeApp({ scopes: ['admin'] }), 'Bearer right');
  expect([response.status, response.body]).toEqual([200, { keyId: 'one' }]);
  expect(response.headers['www-authenticate']).toBeUndefined();
});

test('the challenge names an error only for an invalid key (RFC 6750)', async () => {
  const none = await ask(makeApp());
  expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Bearer realm="texas-ai"']);
  const wrong = await ask(makeApp(), 'Bearer wrong');
  expect([wrong.status, wrong.headers['www-authenticate']]).toEqual([
    401,
    'Bearer realm="texas-ai", error="invalid_token"',
  ]);
  expect(JSON.stringify(wrong.body)).not.toContain('wrong');
});

test('a key without the scope is forbidden, and the response names the scope', async () => {
  const response = await ask(makeApp(), 'Bearer right');
  expect([response.status, response.headers['www-authenticate']]).toEqual([
    403,
    'Bearer realm="texas-ai", error="insufficient_scope", scope="generate"',
  ]);
  expect(response.body.detail).toContain('“generate”');
});

test('too many failures are rejected, valid keys never', async () => {
  const countFailure: RequestHandler = (_request, _response, next) =>
    next(new TexasError('rate_limited', 'Too many requests.'));
  const app = makeApp({ scopes: ['generate'], countFailure });
  expect((await ask(app, 'Bearer wrong')).status).toBe(429);
  expect((await ask(app)).status).toBe(429);
  expect((await ask(app, 'Bearer right')).status).toBe(200);
});

test('an outage of the database does not count as a failure', async () => {
  let failures = 0;
  const countFailure: RequestHandler = (_request, _response, next) => {
    failures++;
    next();
  };
  const response = await ask(makeApp({ away: true, countFailure }), 'Bearer right');
  expect([response.status, response.body.code, failures]).toEqual([503, 'storage_unavailable', 0]);
});
