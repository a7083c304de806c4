import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type FakeSmtp, startFakeSmtp } from '@texas-ai/testing';
import { buildMessage, failureOf, neverAborted } from '../../test/samples.js';
import { makeEmail } from './email.js';

const password = 'canary/p@ss 100%';

let server: FakeSmtp;
beforeEach(async () => {
  server = await startFakeSmtp(password);
});
afterEach(() => server.stop());

const both = 'from=texas%40example.org&to=me%40example.org';

interface SendOptions {
  credentials?: string;
  host?: string;
  port?: number;
  timeoutMs?: number;
  signal?: AbortSignal;
}

function send(query: string, options: SendOptions = {}) {
  const { credentials = '', host = '127.0.0.1', port = server.port, timeoutMs } = options;
  const url = `smtp://${credentials}${host}:${port}/?${query}`;
  const message = buildMessage({ title: '没有人在写：no worker' });
  return makeEmail({ url, secret: null }, timeoutMs).send(message, options.signal ?? neverAborted);
}

/** Returns the decoded header and text. */
function decoded(source: string): { subject: string; text: string } {
  const [head = '', ...rest] = source.split('\n\n');
  const folded = head.replace(/\n\s+/g, '');
  const subject = /^Subject: (.*)$/m.exec(folded)?.[1] ?? '';
  const isBase64 = /^Content-Transfer-Encoding: base64$/im.test(head);
  const body = rest.join('\n\n').trimEnd();
  const fromQuoted = (text: string) =>
    Buffer.from(
      text
        .replace(/=\n/g, '')
        .replace(/=([0-9A-F]{2})/g, (_, hex) => `%${hex}`)
        .replace(/%(?![0-9A-F]{2})/g, '%25'),
    ).toString();
  return {
    subject: subject.replace(/=\?UTF-8\?([BQ])\?(.*?)\?=/gi, (_, way, coded) =>
      way.toUpperCase() === 'B'
        ? Buffer.from(coded, 'base64').toString()
        : decodeURIComponent(fromQuoted(coded.replaceAll('_', ' '))),
    ),
    text: isBase64 ? Buffer.from(body, 'base64').toString() : decodeURIComponent(fromQuoted(body)),
  };
}

describe('an email', () => {
  test('has sender, recipient, subject and text', async () => {
    expect(await send(both)).toBe('250 2.0.0 taken as 4711');
    const [mail] = server.mails;
    expect(mail).toMatchObject({ from: 'texas@example.org', to: ['me@example.org'] });
    expect(mail?.source).toMatch(/^From: texas@example.org$/m);
    expect(mail?.source).toMatch(/^To: me@example.org$/m);
    expect(decoded(mail?.source ?? '')).toEqual({
      subject: '没有人在写：no worker',
      text: '没有人在写：no worker\n\n没有人写日程。\nStart a worker.',
    });
    expect(server.signIns).toEqual([]);
  });

  test('is from its recipient by default, and may have several recipients', async () => {
    await send('to=me@example.org,you@example.org&from=');
    await send('to=me@example.org');
    expect(server.mails).toMatchObject([
      { to: ['me@example.org', 'you@example.org'] },
      { from: 'me@example.org', to: ['me@example.org'] },
    ]);
  });

  test.each(['', 'to=', 'from=texas%40example.org'])('fails without “to” (?%s)', async (query) => {
    expect(await failureOf(send(query))).toMatchObject({
      code: 'alert_failed',
      message: 'ALERT_EMAIL_URL lacks ?to=, the recipient.',
    });
    expect(server.mails).toEqual([]);
  });
});

describe('authentication', () => {
  test('uses user and password of the URL', async () => {
    await send(both, { credentials: `me%40example.org:${encodeURIComponent(password)}@` });
    expect(server.signIns).toEqual([{ user: 'me@example.org', password }]);
    expect(server.mails).toHaveLength(1);
  });

  test('accepts a password that is not percent-encoded', async () => {
    const failure = await failureOf(send(both, { credentials: 'me:wrong-100%@' }));
    expect(failure.message).toBe('The mail was not accepted (EAUTH).');
    expect(server.signIns).toEqual([{ user: 'me', password: 'wrong-100%' }]);
  });

  test('that is rejected is an error without secrets', async () => {
    const failure = await failureOf(send(both, { credentials: 'me:wrong-canary@' }));
    expect(failure).toMatchObject({
      code: 'alert_failed',
      message: 'The mail was not accepted (EAUTH).',
    });
    expect(`${JSON.stringify(failure.details)} ${failure.cause}`).not.toContain('canary');
    expect(server.mails).toEqual([]);
  });
});

// An address of this machine that is not recognised as loopback.
const elsewhere = { credentials: `me:${encodeURIComponent(password)}@`, host: '0.0.0.0' };

describe('a password', () => {
  test('is not sent unencrypted, and neither is the email', async () => {
    const failure = await failureOf(send(both, elsewhere));
    expect(failure.message).toMatch(/^The mail was not accepted \(\w+\)\.$/);
    expect([server.signIns, server.mails]).toEqual([[], []]);
  });

  test('is sent unencrypted with insecure=true', async () => {
    await send(`${both}&insecure=true`, elsewhere);
    expect(server.signIns).toEqual([{ user: 'me', password }]);
  });
});

describe('a server that does not respond', () => {
  let silent: Server;
  let port: number;
  let arrived: Promise<unknown>;
  beforeEach(async () => {
    silent = createServer().listen(0, '127.0.0.1');
    arrived = once(silent, 'connection');
    await once(silent, 'listening');
    port = Number(Object(silent.address()).port);
  });
  afterEach(async () => {
    await new Promise((resolve) => silent.close(resolve));
  });

  test('is a timeout', async () => {
    const failure = await failureOf(send(both, { port, timeoutMs: 20 }));
    expect(failure.message).toBe('The mail was not accepted (EABORT).');
  });

  test('is abandoned at once on abort', async () => {
    const stop = new AbortController();
    const failing = failureOf(send(both, { port, signal: stop.signal }));
    await arrived;
    stop.abort();
    expect((await failing).message).toBe('The mail was not accepted (EABORT).');
  });
});

test('the error of an unreachable server does not contain its URL', async () => {
  const { port } = server;
  await server.stop();
  const failure = await failureOf(send(both, { port }));
  expect(failure).toMatchObject({
    code: 'alert_failed',
    message: expect.stringMatching(/^The mail was not accepted \(\w+\)\.$/),
  });
  server = await startFakeSmtp(password);
});
