import type { Aim } from './aim.js';

/** A measured figure; its floor is the best that the machine can do in the same run. */
export interface Figure {
  /** Stable, since reports are compared by it. */
  id: string;
  name: string;
  value: number;
  unit: string;
  aim?: Aim;
  /** The same measured on minimal code without the product's features, in the same unit. */
  floor?: { name: string; value: number };
  /** The range of the repetitions whose median is the value. */
  range?: Range;
}

export interface Range {
  lowest: number;
  highest: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The 99th percentile. */
export function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
}

export function rangeOf(values: readonly number[]): Range {
  return { lowest: Math.min(...values), highest: Math.max(...values) };
}
