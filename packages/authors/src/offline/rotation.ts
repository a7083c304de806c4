import { createHash } from 'node:crypto';
import { parseDate } from '@texas-ai/kernel';

/** Days since 1970-01-01; rotation advances by it from one date to the next. */
export function dayNumberOf(date: string): number {
  const day = parseDate(date);
  return day === undefined
    ? 0
    : Math.round(Date.UTC(day.year, day.month - 1, day.day) / 86_400_000);
}

/** An integer in [0, 2^32) that depends on all parts; the same on every machine. */
export function seedOf(...parts: readonly (string | number)[]): number {
  return createHash('sha256')
    .update(JSON.stringify(parts.map(String)))
    .digest()
    .readUInt32LE(0);
}

/** The index for a turn in a pool of `size` elements; visits each once before any twice. */
export function position(turn: number, size: number): number {
  return (((turn % size) + size) * stride(size)) % size;
}

const strides: number[] = [];

/** A step coprime with the size and near its golden ratio, which keeps neighbouring turns far apart. */
function stride(size: number): number {
  const known = strides[size];
  if (known !== undefined) return known;
  let step = Math.max(1, Math.round(size * 0.618));
  while (gcd(step, size) !== 1) step++;
  strides[size] = step;
  return step;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** A pseudorandom integer in [0, below) that depends on `turn` and `salt`; chooses sentence forms. */
export function variant(below: number, turn: number, salt: number): number {
  let mixed = Math.imul(turn ^ Math.imul(salt + 1, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) % below;
}

/**
 * Picks from pools by turn, using all combinations before repeating any. It avoids the clauses it has
 * returned before, so each chapter needs a picker of its own.
 */
export interface Picker {
  /** An element not returned before; undefined if none is left. */
  fresh(pool: readonly string[], turn: number): string | undefined;
  /** An element, a fresh one if possible; undefined if the pool is empty. */
  one(pool: readonly string[], turn: number): string | undefined;
  /** One element of each; successive turns cover the whole product of the two pools. */
  two(
    first: readonly string[],
    second: readonly string[],
    turn: number,
  ): readonly [string, string] | undefined;
}

export function makePicker(): Picker {
  const used = new Set<string>();

  function fresh(pool: readonly string[], turn: number): string | undefined {
    for (let n = 0; n < pool.length; n++) {
      const element = pool[position(turn + n, pool.length)];
      if (element !== undefined && !used.has(element)) {
        used.add(element);
        return element;
      }
    }
    return undefined;
  }

  function one(pool: readonly string[], turn: number): string | undefined {
    return fresh(pool, turn) ?? (pool.length > 0 ? pool[position(turn, pool.length)] : undefined);
  }

  return {
    fresh,
    one,
    two(first, second, turn) {
      const size = Math.max(1, first.length);
      const a = one(first, turn);
      const b = one(second, (turn % size) + Math.floor(turn / size));
      return a === undefined || b === undefined ? undefined : [a, b];
    },
  };
}
