import type { Aim } from './aim.js';

/** One measured figure, beside what the machine can do at best in the same run. */
export interface Figure {
  /** What programs know it by; it never changes. */
  id: string;
  name: string;
  value: number;
  unit: string;
  aim?: Aim;
  /** The same by bare code without what makes the product what it is, in the same unit. */
  floor?: { name: string; value: number };
  /** The lowest and the highest of the repeats that the value is the median of. */
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

/** The value that 99 % of them do not exceed. */
export function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
}

export function rangeOf(values: readonly number[]): Range {
  return { lowest: Math.min(...values), highest: Math.max(...values) };
}
