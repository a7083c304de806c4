import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { temporaryHome } from '../test/temporary-home.js';
import { lockHome, recordSupervisor } from './lock.js';
import { runningProcess } from './running.js';

describe('lockHome', () => {
  let folder: ReturnType<typeof temporaryHome>;
  beforeEach(() => {
    folder = temporaryHome();
  });
  afterEach(() => folder.remove());
  const lock = () => join(folder.home, 'running.lock');

  test('rejects a second launcher until it is released', async () => {
    const release = await lockHome(folder.home);
    await expect(lockHome(folder.home)).rejects.toMatchObject({
      code: 'local_service_failed',
      message: expect.stringContaining(`already running (pid ${process.pid})`),
    });
    release();
    expect(existsSync(lock())).toBe(false);
    (await lockHome(folder.home))();
  });

  test('takes over the lock of a dead process, even if its pid is in use again', async () => {
    for (const gone of [`${process.pid} long ago`, '999999999 1']) {
      symlinkSync(gone, lock());
      const release = await lockHome(folder.home);
      expect(readlinkSync(lock())).toBe(`${process.pid} ${runningProcess(process.pid)?.startedAt}`);
      release();
    }
  });

  test('waits for the supervisor of a dead process', async () => {
    const supervisor = spawn('tail', ['-f', '/dev/null']);
    const gone = once(supervisor, 'exit');
    recordSupervisor(folder.home, supervisor.pid ?? 0);
    let locked = false;
    const locking = lockHome(folder.home).then((release) => {
      locked = true;
      return release;
    });
    await new Promise(setImmediate);
    expect(locked).toBe(false);
    supervisor.kill();
    await gone;
    (await locking)();
  });

  test('a file in place of the folder is an error of one sentence', async () => {
    const file = join(folder.home, 'file');
    writeFileSync(file, '');
    await expect(lockHome(file)).rejects.toMatchObject({
      code: 'local_service_failed',
      message: expect.stringContaining('not a folder'),
    });
  });
});
