import { createHash } from 'node:crypto';
import { parseDate } from '@texas-ai/kernel';

/** Days since 1970-01-01; what rotation advances with from one date to the next. */
export function dayNumberOf(date: string): number {
  const day = parseDate(date);
  return day === undefined
    ? 0
    : Math.round(Date.UTC(day.year, day.month - 1, day.day) / 86_400_000);
}

/** A whole number in [0, 2^32) that depends on all parts; stable on every machine. */
export function seedOf(...parts: readonly (string | number)[]): number {
  return createHash('sha256')
    .update(JSON.stringify(parts.map(String)))
    .digest()
    .readUInt32LE(0);
}

/** Where turn `turn` stands in a walk through `size` places that visits each once before any twice. */
export function position(turn: number, size: number): number {
  return (((turn % size) + size) * stride(size)) % size;
}

const strides: number[] = [];

/** A step near the golden section of the size, coprime with it, so that neighbours lie far apart. */
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

/** A whole number in [0, below) that looks random but follows from its parts; for choices of form. */
export function variant(below: number, turn: number, salt: number): number {
  let mixed = Math.imul(turn ^ Math.imul(salt + 1, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) % below;
}

/**
 * Picks from pools by turn, walking through all combinations before any comes again. It avoids
 * clauses it gave out before, so one Picker serves one chapter.
 */
export interface Picker {
  /** One element that was not given out yet; undefined where there is none left. */
  fresh(pool: readonly string[], turn: number): string | undefined;
  /** One element, a fresh one if possible; undefined where the pool is empty. */
  one(pool: readonly string[], turn: number): string | undefined;
  /** One element of each; turns walk through the whole product of the two pools. */
  two(
    first: readonly string[],
    second: readonly string[],
    turn: number,
  ): readonly [string, string] | undefined;
}

export function makePicker(): Picker {
  const given = new Set<string>();

  function fresh(pool: readonly string[], turn: number): string | undefined {
    for (let tried = 0; tried < pool.length; tried++) {
      const element = pool[position(turn + tried, pool.length)];
      if (element !== undefined && !given.has(element)) {
        given.add(element);
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
