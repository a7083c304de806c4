import { seededRandom } from '@texas-ai/kernel';

const weights = [1, 2, 3, 2, 1];
const norm = Math.hypot(...weights);

/**
 * Normally distributed noise (mean 0, deviation 1) for whole-numbered days. Days next to each other
 * are alike, days a week apart are not; the same seed and day always give the same value.
 */
export function smoothNoise(day: number, ...seed: readonly (string | number)[]): number {
  const sum = weights.reduce(
    (total, weight, offset) => total + weight * seededRandom(...seed, day + offset).normal(0, 1),
    0,
  );
  return sum / norm;
}

/** The share of a normal distribution that lies below a value, 0-1 (logistic approximation). */
export function shareBelow(value: number): number {
  return 1 / (1 + Math.exp(-1.702 * value));
}
