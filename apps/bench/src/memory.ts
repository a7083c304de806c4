import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Figure } from './figure.js';
import { type Product, residentMegabytes } from './product.js';

/** An idle process gives memory back that it needed to start, some seconds later. */
const settleMs = 15_000;

/** Resident memory of an idle api and worker, beside a Node process that does nothing. */
export async function measureMemory({ apiPid, workerPid }: Product): Promise<Figure[]> {
  const empty = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await pause(settleMs);
  const floor = { name: 'empty Node process', value: residentMegabytes(empty.pid ?? 0) };
  empty.kill();
  const figure = (name: string, pid: number, aim: string): Figure => ({
    name: `resident memory of an idle ${name}`,
    value: residentMegabytes(pid),
    unit: 'MB',
    aim,
    floor,
  });
  return [figure('api', apiPid, 'at most 110'), figure('worker', workerPid, 'at most 150')];
}
