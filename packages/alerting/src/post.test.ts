import { afterEach, expect, test } from '@jest/globals';
import { type LoopbackServer, startLoopbackServer } from '@texas-ai/testing';
import { failureOf, unstopped } from '../test/samples.js';
import { anyBody, post } from './post.js';

let server: LoopbackServer;
afterEach(() => server.stop());

const send = () => post(server.url, {}, { isSuccess: anyBody, signal: unstopped });

test('an answer without end is not kept, and no success', async () => {
  let sent = 0;
  const block = Buffer.alloc(64 * 1024, 'A');
  server = await startLoopbackServer(0, (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(block)) sent += block.length;
    };
    response.on('drain', more);
    more();
  });
  expect(await failureOf(send())).toMatchObject({
    code: 'alert_failed',
    message: 'It answered without end.',
  });
  // Besides what it was given, the way there holds some.
  expect(sent).toBeLessThan(20_000_000);
});

test('an answer is asked for as it is: what is packed could be any size', async () => {
  server = await startLoopbackServer(0, (request, response) => {
    response.end(String(request.headers['accept-encoding']));
  });
  expect(await send()).toBe('200 undefined');
});
