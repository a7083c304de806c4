import { formatNumber } from './format.js';

/**
 * A target: a bound on the value or on its ratio to the floor, optionally with a limit that is still acceptable; or
 * words, if there is no number for it.
 */
export type Aim = Bound | { words: string };

export type Bound = { of: 'value' | 'ratio'; limit?: number } & (
  | { atMost: number }
  | { atLeast: number }
);

/** The result of comparing a figure with its aim; null without a bound. */
export type Standing = 'met' | 'within the limit' | 'missed' | null;

export function aimWords(aim: Aim | undefined): string {
  if (aim === undefined) return '';
  if ('words' in aim) return aim.words;
  const [side, number] = 'atMost' in aim ? ['at most', aim.atMost] : ['at least', aim.atLeast];
  const limit = aim.limit === undefined ? '' : `, ${side} ${formatNumber(aim.limit)}`;
  const words = limit === '' ? `${side} ${formatNumber(number)}` : formatNumber(number) + limit;
  return aim.of === 'ratio' ? `${words} of the floor` : words;
}

/** `ratio` is value / floor; null without a floor, in which case a bound on it is missed. */
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
