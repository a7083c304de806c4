import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { timed } from '../gauges.js';
import { defineMeasurement } from '../measurement.js';
import { cpuSeconds, residentMegabytes } from '../processes.js';
import { startProduct } from '../product.js';

/** A process collects and releases what its start needed within half a minute. */
const settleMs = 45_000;
/** Two rounds of what happens every 15 s. */
const watchMs = 30_000;

/** Resident memory and CPU of an idle api and worker, compared with an empty Node process. */
export const idle = defineMeasurement({
  id: 'idle',
  title: 'Memory and CPU of an idle api and worker',
  needs: [],
  async measure(bench) {
    const { apiPid, workerPids, stop } = await startProduct(bench);
    const empty = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
    });
    const emptyPid = empty.pid ?? 0;
    await pause(settleMs);
    const name = 'empty Node process';
    const memory = (app: string, pid: number, atMost: number) => ({
      id: `idle-memory-${app}`,
      name: `resident memory of an idle ${app}`,
      value: residentMegabytes(pid),
      unit: 'MB',
      aim: { of: 'value' as const, atMost },
      floor: { name, value: residentMegabytes(emptyPid) },
    });
    const figures = [memory('api', apiPid, 110), memory('worker', workerPids[0] ?? 0, 143)];
    const seconds = () => [apiPid, ...workerPids].reduce((sum, pid) => sum + cpuSeconds(pid), 0);
    const before = seconds();
    const watched = await timed(() => pause(watchMs));
    const cpu = {
      id: 'idle-cpu',
      name: 'CPU of an idle api and worker together',
      value: (100 * (seconds() - before)) / watched.seconds,
      unit: '% of a core',
      aim: { of: 'value' as const, atMost: 0.5 },
    };
    empty.kill();
    await stop();
    return [...figures, cpu];
  },
});
