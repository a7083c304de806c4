import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { processEnvironment, productVersion } from '@texas-ai/config';
import { makeOwner, type Owner } from '@texas-ai/kernel';
import { startLocalServices } from '@texas-ai/local-services';
import { makeLogSpy } from '@texas-ai/testing';
import { makeFixtures } from './fixtures.js';
import { describeMachine } from './machine.js';
import type { Measurement } from './measurement.js';
import { measureInProcess } from './measurement-process.js';
import { type Report, reportOf } from './report.js';
import { run } from './run.js';
import { dropDatabase, flush, makeDatabase, type Servers } from './servers.js';

/** Measures on private servers, which are always removed at the end, with their data. */
export async function measure(chosen: readonly Measurement[], root: string): Promise<Report> {
  const owner = makeOwner();
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= owner.closeAll();
    return closing;
  };
  for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
    process.once(signal, () => void close().finally(() => process.exit(code)));
  }
  try {
    return await measureWith(owner, chosen, root);
  } finally {
    await close();
  }
}

async function measureWith(
  owner: Owner,
  chosen: readonly Measurement[],
  root: string,
): Promise<Report> {
  const began = performance.now();
  const circumstances = {
    version: productVersion(root),
    ...checkedOut(root),
    when: new Date().toISOString(),
    loadBefore: loadavg()[0] ?? 0,
  };
  const logger = makeLogSpy();
  const home = owner.own(mkdtempSync(join(tmpdir(), 'texas-bench-')), (folder) =>
    rmSync(folder, { recursive: true, force: true }),
  );
  // The servers may run as another user; without access, their data would be stored elsewhere.
  chmodSync(home, 0o755);
  const servers = await startServers(owner, home, root, logger);
  const machine = await describeMachine(servers, logger);
  const fixture = makeFixtures({
    root,
    logger,
    makeDatabase: () => makeDatabase(servers.databaseUrl),
  });
  const outcomes = await run(chosen, {
    fixture,
    log: (line) => process.stderr.write(`${line}\n`),
    async measure(id, fixtures) {
      const databaseUrl = await makeDatabase(servers.databaseUrl);
      const folder = join(home, id);
      mkdirSync(folder);
      try {
        await flush(servers, logger);
        const own = { databaseUrl, redisUrl: servers.redisUrl };
        return await measureInProcess({ id, servers: own, folder, fixtures });
      } finally {
        await dropDatabase(servers.databaseUrl, databaseUrl);
        rmSync(folder, { recursive: true, force: true });
      }
    },
  });
  const seconds = (performance.now() - began) / 1000;
  return reportOf(outcomes, { ...circumstances, seconds, machine });
}

async function startServers(
  owner: Owner,
  home: string,
  root: string,
  logger: ReturnType<typeof makeLogSpy>,
): Promise<Servers> {
  const services = owner.own(
    await startLocalServices({
      home,
      binariesHome: join(root, '.local/bench'),
      environment: processEnvironment(),
      durable: true,
      need: { postgres: true, redis: true },
      logger,
    }),
    (each) => each.stop(),
  );
  const { databaseUrl, redisUrl } = services;
  if (databaseUrl === null || redisUrl === null) throw new Error('The servers did not start.');
  return { databaseUrl, redisUrl };
}

/** The checked-out commit, and whether files differ from it; null if git does not know. */
function checkedOut(root: string): Pick<Report, 'commit' | 'modified'> {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    return {
      commit: git('rev-parse', 'HEAD').trim(),
      modified: git('status', '--porcelain').trim() !== '',
    };
  } catch {
    return { commit: null, modified: null };
  }
}
