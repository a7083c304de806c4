import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dropLibpqVariables, processEnvironment } from '@texas-ai/config';
import { startLocalServices } from '@texas-ai/local-services';
import { makeLogSpy } from './logger.js';
import { prepareTemplate, type TestServices } from './test-database.js';

/**
 * Starts a private PostgreSQL and Redis for a whole test run, with the template that tests clone. Their data are deleted
 * at the end; downloaded programs stay in `.local/test` of the repository.
 */
export async function startTestServices(
  root: string,
): Promise<TestServices & { stop(): Promise<void> }> {
  dropLibpqVariables();
  const home = mkdtempSync(join(tmpdir(), 'texas-test-'));
  // The servers may run as another user, who needs access.
  chmodSync(home, 0o755);
  const services = await startLocalServices({
    home,
    binariesHome: join(root, '.local/test'),
    environment: processEnvironment(),
    durable: false,
    need: { postgres: true, redis: true },
    logger: makeLogSpy(),
  });
  const { databaseUrl, redisUrl } = services;
  if (databaseUrl === null || redisUrl === null) throw new Error('The test servers did not start.');
  await prepareTemplate(databaseUrl);
  return {
    databaseUrl,
    redisUrl,
    async stop() {
      await services.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
