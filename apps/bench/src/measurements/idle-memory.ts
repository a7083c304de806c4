import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { defineMeasurement } from '../measurement.js';
import { residentMegabytes } from '../processes.js';
import { startProduct } from '../product.js';

/** A process releases its startup memory some seconds later. */
const settleMs = 15_000;

/** Resident memory of an idle api and worker, compared with an empty Node process. */
export const idleMemory = defineMeasurement({
  id: 'idle-memory',
  title: 'Resident memory of an idle api and worker',
  needs: [],
  async measure(bench) {
    const { apiPid, workerPids, stop } = await startProduct(bench);
    const empty = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
    });
    await pause(settleMs);
    const floor = { name: 'empty Node process', value: residentMegabytes(empty.pid ?? 0) };
    empty.kill();
    const figure = (app: string, pid: number, atMost: number) => ({
      id: `idle-memory-${app}`,
      name: `resident memory of an idle ${app}`,
      value: residentMegabytes(pid),
      unit: 'MB',
      aim: { of: 'value' as const, atMost },
      floor,
    });
    const figures = [figure('api', apiPid, 110), figure('worker', workerPids[0] ?? 0, 150)];
    await stop();
    return figures;
  },
});
