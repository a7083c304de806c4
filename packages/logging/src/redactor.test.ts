import { describe, expect, it } from '@jest/globals';
import { makeRedactor } from './index.js';

const secret = 'p@ss "w\\rd"/é+1\n2';
const { text, value } = makeRedactor([secret, 'short', 'sixsix', '  padded-key ']);
const key = 'Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3A';

describe('configured secrets are found', () => {
  const url = new URL('http://host');
  url.password = secret;
  it.each([
    ['as plain text', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded in lower case', encodeURIComponent(secret).toLowerCase()],
    ['form-encoded', new URLSearchParams({ a: secret }).toString().slice(2)],
    ['as the password of a URL', url.password],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
    ['in upper-case hexadecimal', Buffer.from(secret).toString('hex').toUpperCase()],
    ['with surrounding spaces trimmed', 'padded-key'],
  ])('%s', (_form, written) => {
    expect(text(`x ${written} y`)).toBe('x [redacted] y');
  });

  it.each([0, 1, 2, 3])('in base64 within longer data, at offset %d', (offset) => {
    const bytes = Buffer.from(`${'x'.repeat(offset)}sixsix and more`);
    for (const encoding of ['base64', 'base64url'] as const) {
      const clean = text(`<${bytes.toString(encoding)}>`);
      expect(clean).toContain('[redacted]');
      expect(Buffer.from(clean, encoding).toString()).not.toContain('sixsix');
    }
  });

  it('unless they are too short to distinguish from words', () => {
    expect(text('a short text')).toBe('a short text');
    expect(value({ password: 'short' })).toEqual({ password: '[redacted]' });
  });

  it('also as numbers and as keys', () => {
    const redactor = makeRedactor(['12345678']);
    expect(redactor.value({ n: 12345678, 12345678: 1, other: 1234567 })).toEqual({
      n: '[redacted]',
      '[redacted]': 1,
      other: 1234567,
    });
  });
});

describe('texts that look like secrets are found', () => {
  it.each([
    ['Authorization: Bearer abc.def-123', 'Authorization: [redacted]'],
    ['sent Bearer abc', 'sent Bearer [redacted]'],
    ['{"authorization":"Basic dXNlcjpwYXNz"}', '{"authorization":"[redacted]"}'],
    ['got Basic dXNlcjpwYXNz', 'got Basic [redacted]'],
    ['Set-Cookie: sid=abc; Path=/', 'Set-Cookie: [redacted]'],
    ['GET /send?key=abc&x=1', 'GET /send?key=[redacted]&x=1'],
    ['/a?access_token=abc&x=1', '/a?access_token=[redacted]&x=1'],
    ['postgres://texas:pa/s@s@db:5432/x', 'postgres://[redacted]@db:5432/x'],
    ['redis://:pw@r', 'redis://[redacted]@r'],
    [
      'https://hooks.slack.com/services/T0/B0/abcdefghij',
      'https://hooks.slack.com/services/[redacted]',
    ],
    [`key ${'AIza'}${'x'.repeat(35)}.`, 'key [redacted].'],
    [`key ${'AQ'}.Ab8RN6${'x_-'.repeat(12)}.`, 'key [redacted].'],
    [`x-goog-api-key: ${'AQ'}.Ab8`, 'x-goog-api-key: [redacted]'],
    ['use sk-proj-abcdefghijklmnop', 'use [redacted]'],
    [`ghp_${'a1'.repeat(18)}`, '[redacted]'],
    ['xoxb-12345678-abc', '[redacted]'],
    ['AKIAABCDEFGHIJKLMNOP', '[redacted]'],
    ['jwt eyJhbGciOi.eyJzdWIiOi.SflKxw', 'jwt [redacted]'],
    [`key txs_ab12cd34_${key} used`, 'key [redacted] used'],
    ['-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- x', '[redacted] x'],
    ['-----BEGIN PRIVATE KEY-----\nabc', '[redacted]'],
    ['PGPASSWORD=hunter2 psql', 'PGPASSWORD=[redacted] psql'],
    ['{"tokens":["a","b c"],"x":1}', '{"tokens":[redacted],"x":1}'],
    ["password: 'two words'", 'password: [redacted]'],
    ['{"apiKey": "a\\"b c", "x": 1}', '{"apiKey": [redacted], "x": 1}'],
    ['"{\\"client_secret\\":\\"a b\\",\\"x\\":1}"', '"{\\"client_secret\\":[redacted],\\"x\\":1}"'],
  ])('%s', (found, clean) => {
    expect(text(found)).toBe(clean);
  });

  it.each([
    'inputTokens=120 outputTokens: 7',
    'Basic training, the key to a good day; a Bearer token is missing',
    'duplicate key violates schedule_items_no_overlap_within_a_generation',
    'write-chapter-0193a2b4-aaaa-7bbb-8ccc-0123456789ab-1-2',
    'http://127.0.0.1:3000/v1/characters/texas/days/2026-11-23',
    '德克萨斯今天去送快递。',
  ])('and nothing else: %s', (harmless) => {
    expect(text(harmless)).toBe(harmless);
  });
});

describe('values of secret names are masked', () => {
  it.each([
    'password',
    'passwd',
    'SECRET',
    'clientSecret',
    'token',
    'access_token',
    'apiKey',
    'api_key',
    'x-api-key',
    'X-Goog-Api-Key',
    'Authorization',
    'cookie',
    'set-cookie',
    'credentials',
    'private_key',
    'POSTGRES_PASSWORD',
    'auth',
    'pass',
  ])('%s', (name) => {
    for (const hidden of ['v', 7, { a: 'v' }, ['v'], Buffer.from('v')]) {
      expect(value({ [name]: hidden })).toEqual({ [name]: '[redacted]' });
      expect(value(new Map([[name, hidden]]))).toEqual({ [name]: '[redacted]' });
    }
    expect(value({ [name]: null })).toEqual({ [name]: null });
  });

  it('except for token counts and similar names', () => {
    const usage = {
      inputTokens: 5,
      outputTokens: 6,
      tokens: 7,
      totalTokenCount: 8,
      maxOutputTokens: 9,
    };
    const harmless = {
      ...usage,
      promptTokensDetails: [{ tokenCount: 5 }],
      key: 'cafe',
      author: 'x',
    };
    expect(value(harmless)).toEqual(harmless);
    expect(value({ tokens: ['v'], inputTokens: 'v' })).toEqual({
      tokens: '[redacted]',
      inputTokens: '[redacted]',
    });
  });

  it('also in raw lists of headers', () => {
    expect(value(['Host', 'h', 'X-Api-Key', 'v', 'Cookie', 'v'])).toEqual([
      'Host',
      'h',
      'X-Api-Key',
      '[redacted]',
      'Cookie',
      '[redacted]',
    ]);
  });
});
