import { afterEach, expect, test } from '@jest/globals';
import { type LoopbackServer, startLoopbackServer } from '@texas-ai/testing';
import { failureOf, neverAborted } from '../../test/samples.js';
import { anyBody, post } from './post.js';

let server: LoopbackServer;
afterEach(() => server.stop());

const send = () => post(server.url, {}, { isSuccess: anyBody, signal: neverAborted });

test('an endless response is cut off and is a failure', async () => {
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
    message: 'Its response is too long.',
  });
  // The network buffers hold some more than was read.
  expect(sent).toBeLessThan(20_000_000);
});

test('a compressed response is not requested: it could expand to any size', async () => {
  server = await startLoopbackServer(0, (request, response) => {
    response.end(String(request.headers['accept-encoding']));
  });
  expect(await send()).toBe('200 undefined');
});
