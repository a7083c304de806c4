import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { defineMeasurement } from '../measurement.js';
import { startProduct } from '../product.js';

const days = 60;
const probe = fileURLToPath(new URL('../loop-probe.js', import.meta.url));

/** The longest block of a worker's event loop while it writes days with the offline author. */
export const eventLoop = defineMeasurement({
  id: 'event-loop',
  title: 'Longest block of a worker’s event loop',
  needs: [],
  async measure(bench) {
    const file = join(bench.folder, 'event-loop.json');
    const { today, writeDay, writeDays, workerPids, stop } = await startProduct(bench, {
      env: { LOOP_PROBE_FILE: file },
      workerArgs: ['--import', probe],
    });
    await writeDay(today.toString());
    process.kill(workerPids[0] ?? 0, 'SIGWINCH');
    await writeDays(
      Array.from({ length: days }, (_, index) => today.subtract({ days: index + 1 }).toString()),
    );
    await pause(500);
    const { maxMs } = JSON.parse(readFileSync(file, 'utf8')) as { maxMs: number };
    await stop();
    return [
      {
        id: 'event-loop',
        name: `longest block of a worker's event loop, ${days} days by the offline author`,
        value: maxMs,
        unit: 'ms',
        aim: { of: 'value', atMost: 100 },
      },
    ];
  },
});
