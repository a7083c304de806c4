import { formatNumber } from './format.js';

/**
 * What is aimed at: a bound on the value itself or on its ratio to the floor, with the limit that is
 * still bearable where an issue names both; or words, where no number says it.
 */
export type Aim = Bound | { words: string };

export type Bound = { of: 'value' | 'ratio'; limit?: number } & (
  | { atMost: number }
  | { atLeast: number }
);

/** How a figure stands with its aim; null where there is no number to hold it against. */
export type Standing = 'met' | 'within the limit' | 'missed' | null;

export function aimWords(aim: Aim | undefined): string {
  if (aim === undefined) return '';
  if ('words' in aim) return aim.words;
  const [side, number] = 'atMost' in aim ? ['at most', aim.atMost] : ['at least', aim.atLeast];
  const limit = aim.limit === undefined ? '' : `, ${side} ${formatNumber(aim.limit)}`;
  const words = limit === '' ? `${side} ${formatNumber(number)}` : formatNumber(number) + limit;
  return aim.of === 'ratio' ? `${words} of the floor` : words;
}

/** `ratio` is that of value and floor; null where there is no floor, and a bound on it is missed. */
export function standingOf(
  aim: Aim | undefined,
  { value, ratio }: { value: number; ratio: number | null },
): Standing {
  if (aim === undefined || 'words' in aim) return null;
  const measured = aim.of === 'value' ? value : (ratio ?? Number.NaN);
  const holds = (bound: number) => ('atMost' in aim ? measured <= bound : measured >= bound);
  if (holds('atMost' in aim ? aim.atMost : aim.atLeast)) return 'met';
  return aim.limit !== undefined && holds(aim.limit) ? 'within the limit' : 'missed';
}
