import { startFakeGemini } from '@texas-ai/testing';
import { type Bench, defineMeasurement } from '../measurement.js';
import { startProduct } from '../product.js';

const callMs = 500;
const concurrency = 4;
/** Days per worker, so that start and end have the same weight. */
const daysEach = 48;
/** Days of each worker before the measured ones: V8 compiles what is used often. */
const warmDaysEach = 24;
const maxWorkers = 4;

/** Days per minute from one to four worker processes, with author calls of 500 ms. */
export const scaling = defineMeasurement({
  id: 'scaling',
  title: 'One to four workers with an author that takes 500 ms per call',
  needs: [],
  async measure(bench) {
    const gemini = await startFakeGemini({ latencyMs: callMs });
    const one = await daysPerMinute(bench, gemini.url, 1, 0);
    const all = await daysPerMinute(bench, gemini.url, maxWorkers, warmDaysEach + daysEach);
    await gemini.stop();
    return [
      {
        id: 'scaling',
        name: `days per minute, ${maxWorkers} workers with ${concurrency} concurrent calls each, 500 ms per call`,
        value: all,
        unit: 'days/min',
        aim: { of: 'ratio', atLeast: 0.97 },
        floor: { name: `${maxWorkers} times one worker`, value: maxWorkers * one },
      },
    ];
  },
});

/** The dates before today, starting this many days ago. */
async function daysPerMinute(
  bench: Bench,
  geminiUrl: string,
  workers: number,
  daysBack: number,
): Promise<number> {
  const env = { WORKER_CONCURRENCY: String(concurrency), GENERATION_DAYS_BACK: '36500' };
  const { today, writeDays, stop } = await startProduct(bench, { geminiUrl, workers, env });
  const [warm, days] = [warmDaysEach * workers, daysEach * workers];
  const dates = Array.from({ length: warm + days }, (_, index) =>
    today.subtract({ days: daysBack + index }).toString(),
  );
  await writeDays(dates.slice(0, warm));
  const began = performance.now();
  await writeDays(dates.slice(warm));
  const rate = (days / (performance.now() - began)) * 60_000;
  await stop();
  return rate;
}
