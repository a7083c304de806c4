import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A seeded random stream: the same seed gives the same stream on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [min, max], both inclusive. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  /** Returns a uniformly chosen element; throws RangeError if the list is empty. */
  pick<T>(list: readonly T[]): T;
  /** Returns an element chosen by weight; weights are not negative, and at least one is positive. */
  weighted<T>(list: readonly T[], weight: (element: T) => number): T;
  /** Returns a shuffled copy. */
  shuffle<T>(list: readonly T[]): T[];
  /** Normally distributed (Box-Muller). */
  normal(mean: number, deviation: number): number;
}

/** Creates a stream from an ordered seed, for example character, date and ordinal. */
export function seededRandom(...seed: readonly (string | number)[]): Random {
  const hash = createHash('sha256')
    .update(JSON.stringify(seed.map(String)))
    .digest();
  const generator = xoroshiro128plus(hash.readInt32LE(0));
  const next = () => uniformFloat64(generator);
  const int = (min: number, max: number) => uniformInt(generator, min, max);

  function pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('Nothing to pick from: the list is empty.');
    return list[int(0, list.length - 1)] as T;
  }

  function weighted<T>(list: readonly T[], weight: (element: T) => number): T {
    const total = list.reduce((sum, element) => sum + weight(element), 0);
    if (!(total > 0)) throw new RangeError('Nothing to pick from: no element has weight.');
    let left = next() * total;
    for (const element of list) {
      left -= weight(element);
      if (left < 0) return element;
    }
    return list.findLast((element) => weight(element) > 0) as T;
  }

  function shuffle<T>(list: readonly T[]): T[] {
    const order = [...list];
    for (let last = order.length - 1; last > 0; last--) {
      const other = int(0, last);
      [order[last], order[other]] = [order[other] as T, order[last] as T];
    }
    return order;
  }

  function normal(mean: number, deviation: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * next());
  }

  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick,
    weighted,
    shuffle,
    normal,
  };
}
