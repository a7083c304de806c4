import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '@texas-ai/testing';
import { assertBuilt, builtPackage } from '../test/temporary-home.js';
import { watchParents } from './parents.js';
import { isRunning, runningProcess } from './running.js';

/** Prints its pid and runs until one of its parents exits. */
const watcher = `
  import { watchParents } from '${builtPackage}';
  const stay = setInterval(() => {}, 1000);
  const environment = process.argv[1] === 'npm' ? { npm_lifecycle_event: 'start' } : {};
  watchParents({ environment, onGone: () => clearInterval(stay), pollMs: 20 });
  console.log(process.pid);
`;

describe('watchParents', () => {
  beforeAll(assertBuilt);

  /** Starts `sh`, which starts `sh`, which starts the watcher, as npm does; returns the pids, outermost first. */
  async function chain(startedBy: 'npm' | 'person') {
    const inner = `sh -c '"$NODE" --input-type=module -e "$WATCHER" ${startedBy}; true'; true`;
    const outer = spawn('sh', ['-c', inner], {
      env: { NODE: process.execPath, WATCHER: watcher, PATH: '/usr/bin:/bin' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = await once(outer.stdout, 'data');
    const watching = Number(String(line));
    const shell = runningProcess(watching)?.parent ?? 0;
    return { outer: outer.pid ?? 0, shell, watching };
  }

  test('a killed parent is noticed', async () => {
    const { shell, watching } = await chain('person');
    expect(isRunning(watching)).toBe(true);
    process.kill(shell, 'SIGKILL');
    await until(() => !isRunning(watching));
  });

  test('a killed npm is noticed even if its shell survives', async () => {
    const { outer, shell, watching } = await chain('npm');
    process.kill(outer, 'SIGKILL');
    await until(() => !isRunning(watching));
    await until(() => !isRunning(shell));
  });

  test('does not call back while they run', async () => {
    let gone = 0;
    const stop = watchParents({
      environment: { npm_lifecycle_event: 'test' },
      onGone: () => gone++,
      pollMs: 5,
    });
    let looks = 0;
    await until(() => ++looks > 10, 60, 5);
    stop();
    expect(gone).toBe(0);
  });
});
