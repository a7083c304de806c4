import type { Activity, Theme } from '@texas-ai/life';
import type { BeatPools } from './course.js';
import type { Grammar, Phase } from './grammar.js';
import { fillAll, type Words } from './words.js';

/** The item's own material is joined by the generic grammar where it has less than this. */
const enough: Record<Phase, number> = { start: 3, middle: 6, end: 3 };

/** What an item can be told with: its activity's own beats, its theme's, and generic ones. */
export function beatPools(
  { activity, theme }: { activity: Activity | undefined; theme: Theme | undefined },
  generic: Grammar['beats'][keyof Grammar['beats']],
  words: Words,
): BeatPools {
  const of = (phase: Phase) => {
    const known = [...(activity?.beats?.[phase] ?? []), ...(theme?.beats?.[phase] ?? [])];
    const own = fillAll(known, words);
    return own.length >= enough[phase] ? own : [...own, ...fillAll(generic[phase], words)];
  };
  return { start: of('start'), middle: of('middle'), end: of('end') };
}
