import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { processEnvironment } from '@texas-ai/config';
import { root } from './product.js';

// The output of built programs that fail to start: errors of servers may contain the password.

const run = promisify(execFile);
const password = 'swordfish canary';

let home: string;
let server: Server;

/** Starts a server that refuses every request like PostgreSQL, with the password in the message. */
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'texas-failed-start-'));
  const fields = Buffer.from(`SFATAL\0CXX000\0Mrefused by ${password}\0\0`);
  const refusal = Buffer.alloc(5);
  refusal.write('E');
  refusal.writeInt32BE(fields.length + 4, 1);
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([refusal, fields])));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
  rmSync(home, { recursive: true, force: true });
});

async function failure(program: string, ...args: string[]) {
  const { PATH = '' } = processEnvironment();
  const { port } = server.address() as AddressInfo;
  const env = {
    PATH,
    TEXAS_HOME: home,
    AUTHOR: 'offline',
    DATABASE_URL: `postgres://texas:${encodeURIComponent(password)}@127.0.0.1:${port}/texas`,
    REDIS_URL: 'redis://127.0.0.1:1',
    // There is no such host, and the error message contains its name.
    HOST: password,
    METRICS_PORT: '9464',
  };
  const entry = join(root, 'apps', program, 'dist/main.js');
  const failed = await run(process.execPath, [entry, ...args], { env, timeout: 60_000 }).catch(
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  return { code: 0, ...failed };
}

test.each([
  ['cli', ['migrate'], /refused by \[redacted\]/],
  ['api', [], /^The api could not start: .*\[redacted\]/m],
  ['worker', [], /^The worker could not start: .*\[redacted\]/m],
])(
  '%s does not print a configured password that its failure repeats',
  async (program, args, said) => {
    const { code, stdout, stderr } = await failure(program, ...args);
    expect(stderr).toMatch(said);
    expect(stdout + stderr).not.toContain(password);
    expect(code).toBe(1);
  },
);
