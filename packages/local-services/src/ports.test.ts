import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { assertPortFree } from './ports.js';

describe('assertPortFree', () => {
  let server: Server;
  let port: number;
  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => void server.close());

  test('names a port in use and the variable for another one', async () => {
    await expect(assertPortFree('127.0.0.1', port)).rejects.toMatchObject({
      code: 'local_service_failed',
      message: expect.stringMatching(
        `^Port ${port} on 127.0.0.1 is already in use: stop the program that uses it, or choose another with PORT=\\d+\\.$`,
      ),
    });
  });

  test('accepts a free port and leaves it free', async () => {
    server.close();
    await once(server, 'close');
    await assertPortFree('127.0.0.1', port);
    await assertPortFree('127.0.0.1', port);
  });

  test('names an address that does not belong to this machine', async () => {
    await expect(assertPortFree('192.0.2.1', port)).rejects.toMatchObject({
      message: expect.stringContaining(`192.0.2.1:${port}`),
    });
  });
});
