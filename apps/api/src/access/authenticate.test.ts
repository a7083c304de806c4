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

/** A gateway whose only key is “right”, and one way in that needs the scope. */
function gateway({ scopes = ['read'] as Scope[], countFailure = through, away = false } = {}) {
  const keys = {
    async authenticate(authorization: string | undefined): Promise<Principal | null> {
      if (away) throw new TexasError('storage_unavailable', 'The database does not answer.');
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

test('a valid key passes, and is known behind', async () => {
  const answer = await ask(gateway({ scopes: ['admin'] }), 'Bearer right');
  expect([answer.status, answer.body]).toEqual([200, { keyId: 'one' }]);
  expect(answer.headers['www-authenticate']).toBeUndefined();
});

test('without a key the challenge names no error, with a wrong one it does (RFC 6750)', async () => {
  const none = await ask(gateway());
  expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Bearer realm="texas-ai"']);
  const wrong = await ask(gateway(), 'Bearer wrong');
  expect([wrong.status, wrong.headers['www-authenticate']]).toEqual([
    401,
    'Bearer realm="texas-ai", error="invalid_token"',
  ]);
  expect(JSON.stringify(wrong.body)).not.toContain('wrong');
});

test('a key of a lesser scope is forbidden, and told which it needs', async () => {
  const answer = await ask(gateway(), 'Bearer right');
  expect([answer.status, answer.headers['www-authenticate']]).toEqual([
    403,
    'Bearer realm="texas-ai", error="insufficient_scope", scope="generate"',
  ]);
  expect(answer.body.detail).toContain('“generate”');
});

test('after too many failures further ones are countFailured, a valid key never', async () => {
  const countFailure: RequestHandler = (_request, _response, next) =>
    next(new TexasError('rate_limited', 'Too many requests.'));
  const app = gateway({ scopes: ['generate'], countFailure });
  expect((await ask(app, 'Bearer wrong')).status).toBe(429);
  expect((await ask(app)).status).toBe(429);
  expect((await ask(app, 'Bearer right')).status).toBe(200);
});

test('where nobody can tell whether a key is right, it is not said to be wrong', async () => {
  let failures = 0;
  const countFailure: RequestHandler = (_request, _response, next) => {
    failures++;
    next();
  };
  const answer = await ask(gateway({ away: true, countFailure }), 'Bearer right');
  expect([answer.status, answer.body.code, failures]).toEqual([503, 'storage_unavailable', 0]);
});
