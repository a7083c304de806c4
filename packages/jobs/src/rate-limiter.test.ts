import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { makeOwner, type Owner } from '@texas-ai/kernel';
import { startSystem } from '../test/system.js';
import { makeRateLimiter } from './rate-limiter.js';

let owner: Owner = makeOwner();
afterEach(async () => {
  await owner.closeAll();
  owner = makeOwner();
});

test('all processes share a limit, and learn when the next slot is free', async () => {
  const { connection } = await startSystem(owner);
  const prefix = `test-${randomUUID()}`;
  const [one, other] = [
    makeRateLimiter({ connection, prefix }),
    makeRateLimiter({ connection, prefix }),
  ];
  const wecom = { name: 'wecom', rateLimit: { messages: 2, seconds: 60 } };
  expect(await one(wecom)).toBe(0);
  expect(await other(wecom)).toBe(0);
  const waitMs = await one(wecom);
  expect(waitMs).toBeGreaterThan(0);
  expect(waitMs).toBeLessThanOrEqual(60_000);
  // Another channel has a pace of its own.
  expect(await one({ name: 'bark', rateLimit: { messages: 1, seconds: 1 } })).toBe(0);
});
