import type { Figure } from './figure.js';
import { median } from './figure.js';
import type { Product } from './product.js';

const callMs = 500;
const repeats = 5;

/** Wall time of one day, from the POST to published, where every author call takes 500 ms. */
export async function measureLatency(product: Product): Promise<Figure> {
  const times: number[] = [];
  for (let index = 0; index <= repeats; index++) {
    times.push(await product.writeDay(product.today.add({ days: index }).toString()));
  }
  return {
    name: 'one day, author takes 500 ms a call',
    // The first one loads the author's library.
    value: median(times.slice(1)) / 1000,
    unit: 's',
    aim: '1.15, at most 1.3',
    floor: { name: 'two calls in a row', value: (2 * callMs) / 1000 },
  };
}
