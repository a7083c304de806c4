import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { until } from '@texas-ai/testing';
import { temporaryHome } from '../test/temporary-home.js';
import { isRunning } from './running.js';
import {
  makeSupervisedChildren,
  type ServiceExit,
  type ServiceProcess,
  type SupervisedChildren,
} from './supervised-children.js';

/** All but setTimeout: tests control how long a process may take to exit after a signal. */
const realTimers = ['nextTick', 'queueMicrotask', 'setImmediate', 'setInterval'] as const;
const stopTimeoutMs = 10_000;

describe('makeSupervisedChildren', () => {
  let folder: ReturnType<typeof temporaryHome>;
  let exits: ServiceExit[];
  let children: SupervisedChildren;
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: [...realTimers, 'Date', 'performance', 'hrtime'] });
    folder = temporaryHome();
    exits = [];
    children = makeSupervisedChildren((exit) => exits.push(exit));
  });
  afterEach(async () => {
    jest.useRealTimers();
    await children.stopAll();
    folder.remove();
  });

  function shell(name: string, script: string): ServiceProcess {
    return {
      name,
      command: '/bin/sh',
      args: ['-c', script],
      env: { WORD: 'courier' },
      cwd: folder.home,
      logFile: join(folder.home, `${name}.log`),
      stopTimeoutMs,
    };
  }
  const logHas = (name: string, text: string) =>
    until(() => readFileSync(join(folder.home, `${name}.log`), 'utf8').includes(text));

  /** Stops a service; the timeout of the first signal passes once its log has this text. */
  async function stopAfter(name: string, text: string): Promise<void> {
    const stopped = children.stop(name);
    await logHas(name, text);
    await jest.advanceTimersByTimeAsync(stopTimeoutMs);
    await stopped;
  }

  test('writes both outputs to a private log and passes on only the given environment', async () => {
    const pid = await children.start(shell('talker', 'echo "$WORD in $PWD" >&2; echo "$HOME|"'));
    await until(() => exits.length === 1);
    expect(exits[0]).toEqual({ name: 'talker', pid, code: 0, signal: null, expected: false });
    const log = join(folder.home, 'talker.log');
    expect(readFileSync(log, 'utf8')).toBe(`courier in ${folder.home}\n|\n`);
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });

  test('stops the last started first', async () => {
    for (const name of ['first', 'second', 'third']) {
      await children.start(shell(name, 'exec tail -f /dev/null'));
    }
    await children.stopAll();
    expect(exits.map(({ name }) => name)).toEqual(['third', 'second', 'first']);
    expect(exits.every(({ expected }) => expected)).toBe(true);
  });

  test('a process that ignores its signals is killed with its group', async () => {
    const script = 'trap "" TERM; tail -f /dev/null & echo "child $!"; while :; do wait; done';
    const pid = await children.start(shell('stubborn', script));
    await logHas('stubborn', 'child');
    const log = readFileSync(join(folder.home, 'stubborn.log'), 'utf8');
    const grandchild = Number(/child (\d+)/.exec(log)?.[1]);
    expect(isRunning(grandchild)).toBe(true);
    await stopAfter('stubborn', 'child');
    expect(exits[0]).toMatchObject({ pid, signal: 'SIGKILL', expected: true });
    await until(() => !isRunning(grandchild));
  });

  test('sends the signals in order', async () => {
    const script =
      'trap "echo asked" INT; trap "echo quit; exit 3" QUIT; echo up; tail -f /dev/null & while :; do wait; done';
    await children.start({
      ...shell('polite', script),
      stopSignals: ['SIGINT', 'SIGQUIT'],
      command: '/bin/bash',
    });
    await logHas('polite', 'up');
    await stopAfter('polite', 'asked');
    expect(readFileSync(join(folder.home, 'polite.log'), 'utf8')).toBe('up\nasked\nquit\n');
    expect(exits[0]).toMatchObject({ code: 3, expected: true });
  });

  test('rejects a missing program, a name in use, and any start after stopAll', async () => {
    const absent = { ...shell('absent', ''), command: join(folder.home, 'absent') };
    await expect(children.start(absent)).rejects.toMatchObject({ code: 'ENOENT' });
    await children.start(shell('absent', 'exec tail -f /dev/null'));
    await expect(children.start(shell('absent', ''))).rejects.toThrow('already running');
    await children.stop('unknown');
    await children.stopAll();
    await expect(children.start(shell('late', ''))).rejects.toThrow('stopping');
  });
});
