import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '@texas-ai/testing';
import { assertBuilt, environment, temporaryHome } from '../test/temporary-home.js';
import { isRunning, runningProcess } from './running.js';
import type { ServiceExit, ServiceProcess } from './supervised-children.js';
import { type Supervisor, startSupervisor } from './supervisor.js';

describe('startSupervisor', () => {
  let folder: ReturnType<typeof temporaryHome>;
  let supervisor: Supervisor;
  beforeEach(async () => {
    assertBuilt();
    folder = temporaryHome();
    supervisor = await startSupervisor(environment);
  });
  afterEach(async () => {
    await supervisor.stopAll();
    folder.remove();
  });

  function service(name: string, script = 'exec tail -f /dev/null'): ServiceProcess {
    const logFile = join(folder.home, `${name}.log`);
    return { name, command: '/bin/sh', args: ['-c', script], env: {}, cwd: '/', logFile };
  }

  test('is the parent of the services, and stops them all at the end', async () => {
    const pids = [
      await supervisor.spawn(service('api')),
      await supervisor.spawn(service('worker')),
    ];
    expect(pids.map((pid) => runningProcess(pid)?.parent)).toEqual([
      supervisor.pid,
      supervisor.pid,
    ]);
    await supervisor.stopAll();
    expect([supervisor.pid, ...pids].filter(isRunning)).toEqual([]);
    await expect(supervisor.spawn(service('late'))).rejects.toMatchObject({
      code: 'local_service_failed',
    });
  });

  test('reports unexpected exits and restarts services', async () => {
    const all: ServiceExit[] = [];
    const unexpected: ServiceExit[] = [];
    supervisor.onExit((exit) => all.push(exit));
    supervisor.onUnexpectedExit((exit) => unexpected.push(exit));
    const first = await supervisor.spawn(service('worker'));
    process.kill(first, 'SIGKILL');
    await until(() => unexpected.length === 1);
    expect(unexpected[0]).toMatchObject({ name: 'worker', pid: first, signal: 'SIGKILL' });
    const second = await supervisor.restart('worker');
    expect(isRunning(second)).toBe(true);
    await supervisor.stop('worker');
    expect(all.map(({ pid, expected }) => ({ pid, expected }))).toEqual([
      { pid: first, expected: false },
      { pid: second, expected: true },
    ]);
    expect(unexpected).toHaveLength(1);
    await expect(supervisor.restart('unknown')).rejects.toMatchObject({
      code: 'local_service_failed',
    });
  });

  test('runs a program to its end, and rejects if it cannot be started', async () => {
    expect(await supervisor.run(service('once', 'exit 7'))).toMatchObject({
      name: 'once',
      code: 7,
    });
    const absent = { ...service('absent'), command: '/absent' };
    await expect(supervisor.run(absent)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('if the supervisor itself is killed, its owner stops the services and reports each exit', async () => {
    const ended: string[] = [];
    supervisor.onUnexpectedExit(({ name }) => ended.push(name));
    const pids = [await supervisor.spawn(service('redis')), await supervisor.spawn(service('api'))];
    process.kill(supervisor.pid, 'SIGKILL');
    await until(() => ended.length === 2);
    expect(ended).toEqual(['api', 'redis']);
    expect(pids.filter(isRunning)).toEqual([]);
  });
});
