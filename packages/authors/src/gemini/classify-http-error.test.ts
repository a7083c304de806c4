import { describe, expect, test } from '@jest/globals';
import { type ErrorCode, Temporal } from '@texas-ai/kernel';
import { classifyHttpError } from './classify-http-error.js';

const now = Temporal.Instant.from('2026-11-30T20:00:00Z');
const apiKey = 'AQ.canary-0123456789';
const model = 'gemini-4-neon';

const classify = (status: number, body: string) =>
  classifyHttpError(status, body, { now, apiKey, model }, new Error('cause'));

function refusal(status: number, message: string, details: unknown[] = [], name = 'UNKNOWN') {
  return classify(
    status,
    JSON.stringify({ error: { code: status, message, status: name, details } }),
  );
}

const badKey = [{ '@type': 'ErrorInfo', reason: 'API_KEY_INVALID' }];
const quota = (quotaId: string, quotaValue?: string) => [
  { '@type': 'QuotaFailure', violations: [{ quotaId, ...(quotaValue && { quotaValue }) }] },
  { '@type': 'RetryInfo', retryDelay: '4s' },
];
const perDay = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier';
const perMinute = 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier';

// Bodies as users of Gemini have reported them.
describe('Gemini’s errors are classified by their body', () => {
  test.each<[string, ReturnType<typeof refusal>, ErrorCode, RegExp]>([
    [
      'no quota in the free tier, although a delay is named',
      refusal(429, `Quota exceeded for metric: x, limit: 0, model: ${model}`, quota(perDay)),
      'author_quota_unavailable',
      /no quota for the model “gemini-4-neon”.*Enable billing/,
    ],
    [
      'the daily quota, although seconds are named',
      refusal(429, 'Quota exceeded, limit: 20. Please retry in 4s.', quota(perDay, '20')),
      'author_rate_limited',
      /daily quota is used up/,
    ],
    [
      'the quota per minute',
      refusal(429, 'Quota exceeded, limit: 5.', quota(perMinute, '5')),
      'author_rate_limited',
      /rate limit is reached/,
    ],
    [
      'the spending cap',
      refusal(429, 'Your project has exceeded its monthly spending cap.'),
      'author_balance_exhausted',
      /Top up the credits or raise the spending cap/,
    ],
    [
      'no prepaid credits left, as a 429',
      refusal(429, 'Your prepayment credits are depleted.'),
      'author_balance_exhausted',
      /Top up the credits/,
    ],
    [
      'the spend limit',
      refusal(429, 'Your project has reached its spend limit.', [], 'RESOURCE_EXHAUSTED'),
      'author_balance_exhausted',
      /raise the spending cap/,
    ],
    [
      'an API that requires billing',
      refusal(400, 'This API requires billing to use.', [], 'FAILED_PRECONDITION'),
      'author_balance_exhausted',
      /requires billing, which is not enabled/,
    ],
    [
      'a project without billing',
      refusal(403, 'This method needs billing on the project to be enabled.'),
      'author_balance_exhausted',
      /requires billing, which is not enabled/,
    ],
    ['any 402', refusal(402, ''), 'author_balance_exhausted', /Top up the credits/],
    [
      'an expired key',
      refusal(400, 'API key expired. Please renew the API key.', badKey),
      'author_unauthorized',
      /it has expired.*Set GEMINI_API_KEY/,
    ],
    [
      'an invalid key without details',
      refusal(400, 'API key not valid. Please pass a valid API key.'),
      'author_unauthorized',
      /^Gemini refused the API key\. Set/,
    ],
    [
      'a leaked key',
      refusal(403, 'Your API key was reported as leaked. Please use another API key.'),
      'author_unauthorized',
      /reported as leaked/,
    ],
    [
      'a key whose restrictions block the API',
      refusal(403, 'Requests to this API generativelanguage.googleapis.com method X are blocked.'),
      'author_unauthorized',
      /restrictions block this API/,
    ],
    [
      'a project without the API',
      refusal(
        403,
        'Generative Language API has not been used in project 1 before or it is disabled.',
      ),
      'author_unauthorized',
      /has not enabled this API/,
    ],
    [
      'an unsupported location',
      refusal(400, 'User location is not supported for the API use.', [], 'FAILED_PRECONDITION'),
      'author_location_unsupported',
      /Run the workers where/,
    ],
    [
      'a model that is not open to the key',
      refusal(
        403,
        `You do not have permission to access models/${model}.`,
        [],
        'PERMISSION_DENIED',
      ),
      'author_model_unavailable',
      /set GEMINI_MODEL/,
    ],
    [
      'an invalid model name',
      refusal(400, '* GenerateContentRequest.model: unexpected model name format'),
      'author_model_unavailable',
      /set GEMINI_MODEL/,
    ],
    [
      'an overload',
      refusal(503, 'This model is currently experiencing high demand.', [], 'UNAVAILABLE'),
      'author_overloaded',
      /Wait: it usually passes/,
    ],
    [
      'an invalid request',
      refusal(400, 'Request contains an invalid argument.', [], 'INVALID_ARGUMENT'),
      'author_http_error',
      /^Gemini refused the request with HTTP 400: “Request contains an invalid argument\.”\./,
    ],
    [
      'an unknown path',
      refusal(404, 'The page was not found.'),
      'author_http_error',
      /GEMINI_BASE_URL/,
    ],
  ])('%s', (_, failure, code, message) => {
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(message);
  });

  test('only a temporary quota failure has a delay', () => {
    const details = refusal(429, 'limit: 20', quota(perDay, '20')).details;
    expect(details).toEqual({ status: 429, retryAfterMs: 12 * 3_600_000, daily: true });
    expect(refusal(429, 'limit: 5', quota(perMinute)).details).toMatchObject({
      retryAfterMs: 4_000,
    });
    expect(refusal(429, 'limit: 0, model', quota(perDay)).details).toEqual({ status: 429 });
  });

  test('a limit of 0.5 is not zero', () => {
    expect(refusal(429, 'limit: 0.5', quota(perMinute)).code).toBe('author_rate_limited');
  });
});

describe('a body that is not Gemini’s never means a permanent failure', () => {
  const page = (title: string) =>
    `<html>\n<head><title>${title}</title></head> limit: 0, spending cap, ${apiKey} leaked</html>`;

  test.each([
    [401, page('401 Authorization Required')],
    [402, page('402 Payment Required')],
    [403, page('403 Forbidden')],
    [403, JSON.stringify({ error: { message: 'leaked <title>403 </title>' } })],
    [400, page('400 API key expired')],
  ])('HTTP %i', (status, body) => {
    const { code, message, details } = classify(status, body);
    expect({ code, details }).toEqual({ code: 'author_http_error', details: { status } });
    expect(message).toMatch(
      new RegExp(`not Gemini, refused .* HTTP ${status}: “.*<title>${status} `),
    );
    expect(message).not.toMatch(apiKey);
    expect(message).toMatch(/^.{50,500}$/);
  });

  test('a proxy’s 429 is a rate limit', () => {
    expect(classify(429, page('429 Too Many Requests'))).toMatchObject({
      code: 'author_rate_limited',
      details: { status: 429, daily: false },
    });
  });

  test('an empty body is not quoted', () => {
    expect(classify(403, '').message).toMatch(/refused the request with HTTP 403\. /);
  });
});

test('the provider’s message is quoted in one bounded line, without the key', () => {
  const said = `models/${model} is not found\u202e\n"for" ${apiKey} ${'very '.repeat(200)}`;
  const { message } = refusal(404, said, [], 'NOT_FOUND');
  expect(message).toContain(`“models/${model} is not found for [api key] very`);
  expect(message).toMatch(/^[^\n\u202e]{100,700}$/);
});
