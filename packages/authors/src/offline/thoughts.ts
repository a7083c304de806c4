import { variant } from './rotation.js';
import type { Scene } from './scene.js';
import { fillAll } from './templates.js';

/** The character's thought in one slot: an observation and a conclusion. */
export function writeThought(scene: Scene): string {
  const { activity, theme, grammar, picker, item, brief, words, turn, ownTurn, form } = scene;
  const material = brief.profile.material;
  const own = fillAll([...(activity?.thoughts ?? []), ...(theme?.thoughts ?? [])], words);
  const near = own.length >= 3 ? own : [...own, ...fillAll(grammar.thoughts[item.category], words)];
  const far = fillAll([...(material?.thoughts ?? []), ...grammar.thoughts.any], words);
  const tails = fillAll(grammar.thoughts.tails, words);
  const past = fillAll(grammar.thoughts.yesterday, words);
  const skies = scene.weatherNoticeable ? grammar.thoughts.weather[brief.weather.condition] : [];
  // Pools for the two halves of the thought, and their share of 20.
  const kinds = [
    { first: near, second: far, turn: ownTurn, share: 8 },
    { first: near, second: tails, turn: ownTurn, share: 6 },
    { first: far, second: tails, turn, share: 4 },
    { first: skies, second: [...far, ...tails], turn, share: 1 },
    { first: past, second: tails, turn, share: 1 },
  ];
  const deck = kinds.flatMap((kind) => Array.from({ length: kind.share }, () => kind));
  const drawn = deck[variant(deck.length, form, 80)];
  const kind = drawn !== undefined && drawn.first.length > 0 ? drawn : kinds[0];
  const [first, second] = (kind && picker.two(kind.first, kind.second, kind.turn)) ?? ['', ''];
  return grammar.sentences.thought({ observation: first, tail: second }, variant(4, form, 81));
}
