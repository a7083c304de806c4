import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@texas-ai/kernel';
import { explainFileFailure } from './failures.js';
import { makeFolder } from './folders.js';
import { type Guard, startGuard } from './guard.js';
import { lockHome, noteGuard } from './lock.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';
import { makeServicesHome } from './services-home.js';

export interface LocalServicesOptions {
  /** TEXAS_HOME, absolute. */
  home: string;
  /** PATH, HOME and such, as this process was given them. */
  environment: Readonly<Record<string, string | undefined>>;
  /** False for tests: data need not outlive a power cut. */
  durable: boolean;
  /** What to start; the rest is somebody else's. */
  need: { postgres: boolean; redis: boolean };
  /** Another TEXAS_HOME whose brought programs are used, and kept for it; by default `home`. */
  binariesHome?: string;
  /** Told what takes a while, at level info. */
  logger: Logger;
}

export interface LocalServices {
  /** Null where it was not needed. */
  databaseUrl: string | null;
  redisUrl: string | null;
  /** The parent of the servers, and of whatever else must not outlive this process. */
  guard: Guard;
  stop(): Promise<void>;
}

/**
 * Starts private servers, on loopback and with passwords of their own, both at once. They end with
 * this process, however it ends. Throws `local_service_failed` with one sentence that says what to do.
 */
export async function startLocalServices(options: LocalServicesOptions): Promise<LocalServices> {
  const { environment, durable, need, logger } = options;
  const home = makeServicesHome(options.home);
  const { folder: binariesHome } = makeServicesHome(options.binariesHome ?? options.home);
  // A server that still runs on our data is a left-over only while nobody else holds them.
  const release = await lockHome(home.folder);
  let guard: Guard | undefined;
  try {
    const logs = makeLogFolder(options.home);
    const started = await startGuard(environment);
    guard = started;
    for (const folder of [options.home, home.folder]) noteGuard(folder, started.pid);
    const server = (name: string) => {
      const logFile = join(logs, `${name}.log`);
      writeFileSync(logFile, '', { mode: 0o600 });
      const binariesFolder = join(binariesHome, 'binaries');
      const { account } = home;
      return {
        home,
        environment,
        logger,
        guard: started,
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
    return { databaseUrl, redisUrl, guard: started, stop };
  } catch (failure) {
    await guard?.stopAll();
    release();
    throw explainFileFailure(failure, options.home);
  }
}

/** Waits for both, also where one fails: what the other was bringing is not left half done. */
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
