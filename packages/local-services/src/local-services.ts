import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@texas-ai/kernel';
import { explainFileFailure } from './failures.js';
import { makeFolder } from './folders.js';
import { lockHome, recordSupervisor } from './lock.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';
import { makeServicesHome } from './services-home.js';
import { type Supervisor, startSupervisor } from './supervisor.js';

export interface LocalServicesOptions {
  /** TEXAS_HOME, absolute. */
  home: string;
  /** PATH, HOME and others of this process. */
  environment: Readonly<Record<string, string | undefined>>;
  /** False for tests, whose data need not survive a power cut. */
  durable: boolean;
  /** Which servers to start. */
  need: { postgres: boolean; redis: boolean };
  /** Another TEXAS_HOME with the downloaded programs; `home` by default. */
  binariesHome?: string;
  /** Logs slow operations at level info. */
  logger: Logger;
}

export interface LocalServices {
  /** Null if not needed. */
  databaseUrl: string | null;
  redisUrl: string | null;
  /** The parent of the servers, and of other processes that must not outlive this one. */
  supervisor: Supervisor;
  stop(): Promise<void>;
}

/**
 * Starts private servers on loopback, each with its own password, in parallel. They exit with this process, for
 * whatever reason it exits. Throws `local_service_failed` with one sentence that says what to do.
 */
export async function startLocalServices(options: LocalServicesOptions): Promise<LocalServices> {
  const { environment, durable, need, logger } = options;
  const home = makeServicesHome(options.home);
  const { folder: binariesHome } = makeServicesHome(options.binariesHome ?? options.home);
  // Only the holder of the lock may stop a leftover server.
  const release = await lockHome(home.folder);
  let supervisor: Supervisor | undefined;
  try {
    const logs = makeLogFolder(options.home);
    const started = await startSupervisor(environment);
    supervisor = started;
    for (const folder of [options.home, home.folder]) recordSupervisor(folder, started.pid);
    const server = (name: string) => {
      const logFile = join(logs, `${name}.log`);
      writeFileSync(logFile, '', { mode: 0o600 });
      const binariesFolder = join(binariesHome, 'binaries');
      const { account } = home;
      return {
        home,
        environment,
        logger,
        supervisor: started,
        durable,
        logFile,
        binariesFolder,
        account,
      };
    };
    const [databaseUrl, redisUrl] = await both(
      need.postgres ? startPostgres(server('postgresql')) : null,
      need.redis ? startRedis(server('redis')) : null,
    );
    const stop = async () => {
      await started.stopAll();
      release();
    };
    return { databaseUrl, redisUrl, supervisor: started, stop };
  } catch (failure) {
    await supervisor?.stopAll();
    release();
    throw explainFileFailure(failure, options.home);
  }
}

/** Waits for both even if one fails, so that no download is interrupted. */
async function both<A, B>(one: Promise<A> | A, other: Promise<B> | B): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

function makeLogFolder(home: string): string {
  const logs = join(home, 'logs');
  try {
    makeFolder(logs, 0o700);
    return logs;
  } catch (failure) {
    throw explainFileFailure(failure, home);
  }
}
