import type { Beat } from './course.js';
import * as pools from './pools.js';
import { variant } from './rotation.js';
import type { Scene } from './scene.js';
import { fillAll } from './words.js';

/** A clause wider than this (letters; a Chinese one counts three) takes no company. */
const longClause = 84;

/** What happens in one slot, 2-4 sentences: the item begins, goes on or ends here. */
export function writeContent(scene: Scene): string {
  const told = tell(scene);
  const wanted = told.length < 2 ? 1 : Number(variant(3, scene.form, 1) === 0);
  const more = extras(scene, Math.max(wanted, 2 - told.length));
  const last = scene.phase === 'end' || scene.only ? told.splice(-1) : [];
  const sentences =
    scene.phase !== 'start' && variant(3, scene.form, 2) === 0
      ? [...more, ...told, ...last]
      : [...told, ...more, ...last];
  return scene.grammar.paragraph(named(scene, sentences));
}

/** The slot's part of the item's course; two things in a row are sometimes one sentence. */
function tell(scene: Scene): string[] {
  const { beats, grammar, form, words, phase } = scene;
  const [first, second, ...rest] = beats;
  if (first === undefined) return [];
  if (second === undefined || phase === 'end' || variant(3, form, 3) > 0) {
    return beats.map((beat, n) => act(scene, beat, n));
  }
  const merged = grammar.sequence(first.clause, second.clause, words, variant(6, form, 4));
  if (merged === undefined || widthOf(merged) > longClause * 1.5) {
    return beats.map((beat, n) => act(scene, beat, n));
  }
  const other = scene.picker.fresh(pools.surroundings(scene, 20), first.turn);
  const told =
    other === undefined
      ? grammar.aside(merged, scene.picker.one(pools.gestures(scene), first.turn) ?? '')
      : grammar.around(merged, other, variant(12, form, 30));
  return [told, ...rest.map((beat, n) => act(scene, beat, n + 2))];
}

/**
 * Something she does, by itself never: with the time of day, what is around her, a small movement
 * after it or what she does on the side.
 */
function act(scene: Scene, beat: Beat, nth: number): string {
  const { grammar, words, form, picker } = scene;
  if (widthOf(beat.clause) > longClause) return grammar.sentence(beat.clause);
  if (nth === 0 && variant(10, form, 5) === 0) {
    return grammar.timed(beat.clause, words.time ?? '', variant(6, form, 6));
  }
  const kind = variant(10, form, 7 + nth);
  if (kind < 4) return around(scene, beat, nth);
  if (kind > 6) return withMove(scene, beat, nth);
  const gesture = picker.one(pools.gestures(scene), beat.turn) ?? '';
  if (kind === 4) return grammar.aside(beat.clause, gesture);
  const other = picker.fresh(pools.surroundings(scene, 20 + nth), scene.turn);
  return other === undefined
    ? withMove(scene, beat, nth)
    : grammar.full(beat.clause, gesture, other);
}

function around(scene: Scene, beat: Beat, nth: number): string {
  const { grammar, picker, form } = scene;
  const other = picker.fresh(pools.surroundings(scene, 20 + nth), beat.turn);
  if (other === undefined) return withMove(scene, beat, nth);
  return grammar.around(beat.clause, other, variant(12, form, 30 + nth));
}

/** What she does, a small movement after it, and mostly something on the side as well. */
function withMove(scene: Scene, { clause, turn }: Beat, nth: number): string {
  const { grammar, picker, words, form } = scene;
  const gesture = picker.one(pools.gestures(scene), turn) ?? '';
  const move = picker.fresh(pools.moves(scene), scene.turn + nth);
  const both = move && grammar.sequence(clause, move, words, variant(6, form, 10 + nth));
  if (both === undefined) return grammar.aside(clause, gesture);
  return variant(4, form, 14 + nth) === 0 ? grammar.sentence(both) : grammar.aside(both, gesture);
}

/**
 * What rounds a slot off, as many sentences as asked for while there is something new to tell:
 * someone present, a small movement, or the place by itself.
 */
function extras(scene: Scene, count: number): string[] {
  const { companions, form } = scene;
  const company = companions.length > 0 && variant(5, form, 40) < 4 ? [inCompany] : [];
  const others = variant(4, form, 41) === 0 ? [scenery, motion] : [motion, scenery];
  const told: string[] = [];
  for (const write of [...company, ...others, inPassing, inPassing]) {
    const sentence = told.length < count ? write(scene) : undefined;
    if (sentence !== undefined) told.push(sentence);
  }
  return told;
}

/** What is left where nothing new is: a movement that she made before, done in another way. */
function inPassing(scene: Scene): string | undefined {
  const { picker, turn, grammar } = scene;
  const picked = picker.two(pools.moves(scene), pools.gestures(scene), turn);
  return picked && grammar.aside(picked[0], picked[1]);
}

/** Two things about the place, the hour or the weather. */
function scenery(scene: Scene): string | undefined {
  const { picker, turn, form, grammar } = scene;
  const first = picker.fresh(pools.surroundings(scene, 50), turn);
  const second = picker.fresh(pools.surroundings(scene, 51), turn + 5);
  if (first === undefined || second === undefined) return undefined;
  return grammar.pair(first, second, variant(12, form, 52));
}

/** A small movement, with what is around her or on the side. */
function motion(scene: Scene): string | undefined {
  const { picker, turn } = scene;
  const move = picker.fresh(pools.moves(scene), turn);
  return move && around(scene, { clause: move, turn: turn + Math.floor(turn / 7) }, 60);
}

/** What someone present does or says, and how she takes it. */
function inCompany(scene: Scene): string | undefined {
  const { companions, grammar, picker, words, form, turn } = scene;
  const companion = companions[variant(companions.length, form, 70)];
  if (companion === undefined) return undefined;
  const says = fillAll(companion.says, words);
  const does = fillAll(companion.does ?? grammar.acts, words);
  const speaks = variant(4, form, 71) === 0 && says.length > 0;
  const picked = picker.two(speaks ? says : does, pools.reactions(scene), turn);
  if (picked === undefined) return undefined;
  const [first, plain] = picked;
  const gesture = variant(2, form, 72) > 0 ? picker.one(pools.gestures(scene), turn) : undefined;
  const reaction = byName(scene, gesture === undefined ? plain : grammar.attach(plain, gesture));
  return grammar[speaks ? 'says' : 'does'](companion.name, first, reaction, variant(6, form, 73));
}

/** The clause with her name for its leading pronoun, where someone else could be meant. */
function byName({ words }: Scene, clause: string): string {
  const { she = '', name = '' } = words;
  return clause.startsWith(she) ? name + clause.slice(she.length) : clause;
}

/** The first sentence of an item calls her by name. */
function named({ phase, words }: Scene, sentences: string[]): string[] {
  const { she = '', name = '' } = words;
  const capital = she.charAt(0).toUpperCase() + she.slice(1);
  const [first = '', ...rest] = sentences;
  if (phase !== 'start' || !first.startsWith(capital)) return sentences;
  return [name + first.slice(capital.length), ...rest];
}

function widthOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 3 : 1), 0);
}
