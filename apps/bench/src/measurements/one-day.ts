import { startFakeGemini } from '@texas-ai/testing';
import { median, rangeOf } from '../figure.js';
import { defineMeasurement } from '../measurement.js';
import { startProduct } from '../product.js';

const callMs = 500;
const repeats = 9;

/** Wall time of one day from POST to published, with author calls of 500 ms. */
export const oneDay = defineMeasurement({
  id: 'one-day',
  title: 'One day with an author that takes 500 ms per call',
  needs: [],
  async measure(bench) {
    const gemini = await startFakeGemini({ latencyMs: callMs });
    const product = await startProduct(bench, { geminiUrl: gemini.url });
    const seconds: number[] = [];
    for (let index = 0; index <= repeats; index++) {
      seconds.push((await product.writeDay(product.today.add({ days: index }).toString())) / 1000);
    }
    await product.stop();
    await gemini.stop();
    // The first day also loads the author's library.
    const counted = seconds.slice(1);
    return [
      {
        id: 'one-day',
        name: 'one day, author takes 500 ms per call',
        value: median(counted),
        unit: 's',
        aim: { of: 'value', atMost: 1.1 },
        floor: { name: 'two calls in a row', value: (2 * callMs) / 1000 },
        range: rangeOf(counted),
      },
    ];
  },
});
