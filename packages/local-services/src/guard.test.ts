import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '@texas-ai/testing';
import { assertBuilt, environment, temporaryHome } from '../test/temporary-home.js';
import { type Guard, startGuard } from './guard.js';
import type { ServiceExit, ServiceProcess } from './guarded-children.js';
import { isRunning, runningProcess } from './running.js';

describe('startGuard', () => {
  let folder: ReturnType<typeof temporaryHome>;
  let guard: Guard;
  beforeEach(async () => {
    assertBuilt();
    folder = temporaryHome();
    guard = await startGuard(environment);
  });
  afterEach(async () => {
    await guard.stopAll();
    folder.remove();
  });

  function service(name: string, script = 'exec tail -f /dev/null'): ServiceProcess {
    const logFile = join(folder.home, `${name}.log`);
    return { name, command: '/bin/sh', args: ['-c', script], env: {}, cwd: '/', logFile };
  }

  test('is the parent of what it starts, and stops it all at the end', async () => {
    const pids = [await guard.spawn(service('api')), await guard.spawn(service('worker'))];
    expect(pids.map((pid) => runningProcess(pid)?.parent)).toEqual([guard.pid, guard.pid]);
    await guard.stopAll();
    expect([guard.pid, ...pids].filter(isRunning)).toEqual([]);
    await expect(guard.spawn(service('late'))).rejects.toMatchObject({
      code: 'local_service_failed',
    });
  });

  test('tells unexpected ends apart and restarts', async () => {
    const all: ServiceExit[] = [];
    const unexpected: ServiceExit[] = [];
    guard.onExit((exit) => all.push(exit));
    guard.onUnexpectedExit((exit) => unexpected.push(exit));
    const first = await guard.spawn(service('worker'));
    process.kill(first, 'SIGKILL');
    await until(() => unexpected.length === 1);
    expect(unexpected[0]).toMatchObject({ name: 'worker', pid: first, signal: 'SIGKILL' });
    const second = await guard.restart('worker');
    expect(isRunning(second)).toBe(true);
    await guard.stop('worker');
    expect(all.map(({ pid, expected }) => ({ pid, expected }))).toEqual([
      { pid: first, expected: false },
      { pid: second, expected: true },
    ]);
    expect(unexpected).toHaveLength(1);
    await expect(guard.restart('unknown')).rejects.toMatchObject({ code: 'local_service_failed' });
  });

  test('runs a program to its end, and says when it cannot be started', async () => {
    expect(await guard.run(service('once', 'exit 7'))).toMatchObject({ name: 'once', code: 7 });
    const absent = { ...service('absent'), command: '/absent' };
    await expect(guard.run(absent)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('when the guard itself is killed its owner stops the children and hears of each', async () => {
    const ended: string[] = [];
    guard.onUnexpectedExit(({ name }) => ended.push(name));
    const pids = [await guard.spawn(service('redis')), await guard.spawn(service('api'))];
    process.kill(guard.pid, 'SIGKILL');
    await until(() => ended.length === 2);
    expect(ended).toEqual(['api', 'redis']);
    expect(pids.filter(isRunning)).toEqual([]);
  });
});
