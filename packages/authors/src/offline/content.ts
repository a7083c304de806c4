import type { Beat } from './beats.js';
import * as pools from './pools.js';
import { variant } from './rotation.js';
import type { Scene } from './scene.js';
import { capitalized, fillAll } from './templates.js';

/** A clause wider than this, in letters, becomes its own sentence; a Chinese character counts as three letters. */
const longClause = 84;

/** What happens in one slot, in 2-4 sentences: the item begins, continues or ends here. */
export function writeContent(scene: Scene): string {
  const story = tellBeats(scene);
  const wanted = story.length < 2 ? 1 : Number(variant(3, scene.form, 1) === 0);
  const more = extras(scene, Math.max(wanted, 2 - story.length));
  const last = scene.phase === 'end' || scene.only ? story.splice(-1) : [];
  const sentences =
    scene.phase !== 'start' && variant(3, scene.form, 2) === 0
      ? [...more, ...story, ...last]
      : [...story, ...more, ...last];
  return withName(scene, sentences).join(scene.grammar.language.space);
}

/** The slot's beats as sentences; two in a row are sometimes merged into one. */
function tellBeats(scene: Scene): string[] {
  const { beats, grammar, form, phase, picker } = scene;
  const [first, second, ...rest] = beats;
  if (first === undefined) return [];
  const merged =
    second === undefined || phase === 'end' || variant(3, form, 3) > 0
      ? undefined
      : inSequence(scene, first.clause, second.clause, variant(6, form, 4));
  if (merged === undefined || widthOf(merged) > longClause * 1.5) {
    return beats.map((beat, n) => tellBeat(scene, beat, n));
  }
  const { withGesture, withSurroundings } = grammar.sentences;
  const around = picker.fresh(pools.surroundings(scene, 20), first.turn);
  const sentence =
    around === undefined
      ? withGesture({ clause: merged, gesture: gesture(scene, first.turn) })
      : withSurroundings({ clause: merged, surroundings: around }, variant(12, form, 30));
  return [sentence, ...rest.map((beat, n) => tellBeat(scene, beat, n + 2))];
}

/**
 * A beat as a sentence, together with the time of day, the surroundings, a small movement after it
 * or a gesture.
 */
function tellBeat(scene: Scene, beat: Beat, nth: number): string {
  const { grammar, words, form, picker } = scene;
  const { clause, turn } = beat;
  if (widthOf(clause) > longClause) return grammar.sentences.plain({ clause });
  if (nth === 0 && variant(10, form, 5) === 0) {
    return grammar.sentences.atTime({ time: words.time ?? '', clause }, variant(6, form, 6));
  }
  const kind = variant(10, form, 7 + nth);
  if (kind < 4) return withSurroundings(scene, beat, nth);
  if (kind > 6) return withMove(scene, beat, nth);
  const details = { clause, gesture: gesture(scene, turn) };
  if (kind === 4) return grammar.sentences.withGesture(details);
  const surroundings = picker.fresh(pools.surroundings(scene, 20 + nth), scene.turn);
  return surroundings === undefined
    ? withMove(scene, beat, nth)
    : grammar.sentences.withBoth({ ...details, surroundings });
}

function withSurroundings(scene: Scene, beat: Beat, nth: number): string {
  const { grammar, picker, form } = scene;
  const { clause, turn } = beat;
  const surroundings = picker.fresh(pools.surroundings(scene, 20 + nth), turn);
  if (surroundings === undefined) return withMove(scene, beat, nth);
  return grammar.sentences.withSurroundings({ clause, surroundings }, variant(12, form, 30 + nth));
}

/** A beat, a small movement after it, and usually a gesture as well. */
function withMove(scene: Scene, { clause, turn }: Beat, nth: number): string {
  const { grammar, picker, form } = scene;
  const { plain, withGesture } = grammar.sentences;
  const aside = gesture(scene, turn);
  const move = picker.fresh(pools.moves(scene), scene.turn + nth);
  const both = move && inSequence(scene, clause, move, variant(6, form, 10 + nth));
  if (both === undefined) return withGesture({ clause, gesture: aside });
  return variant(4, form, 14 + nth) === 0
    ? plain({ clause: both })
    : withGesture({ clause: both, gesture: aside });
}

/** Two actions as one clause; undefined if the second clause has a different subject. */
function inSequence(
  { grammar, words: { she = '', her = '' } }: Scene,
  first: string,
  second: string,
  turn: number,
): string | undefined {
  const subject = she + grammar.language.space;
  if (!second.startsWith(subject) || second.startsWith(her)) return undefined;
  return grammar.sentences.sequence({ first, rest: second.slice(subject.length) }, turn);
}

function gesture(scene: Scene, turn: number): string {
  return scene.picker.one(pools.gestures(scene), turn) ?? '';
}

/** Up to `count` further sentences: about a companion, a small movement or the place. */
function extras(scene: Scene, count: number): string[] {
  const { companions, form } = scene;
  const company = companions.length > 0 && variant(5, form, 40) < 4 ? [inCompany] : [];
  const others = variant(4, form, 41) === 0 ? [scenery, motion] : [motion, scenery];
  const sentences: string[] = [];
  for (const write of [...company, ...others, repeatedMove, repeatedMove]) {
    const sentence = sentences.length < count ? write(scene) : undefined;
    if (sentence !== undefined) sentences.push(sentence);
  }
  return sentences;
}

/** A movement that may have been used before, with a different gesture. */
function repeatedMove(scene: Scene): string | undefined {
  const { picker, turn, grammar } = scene;
  const picked = picker.two(pools.moves(scene), pools.gestures(scene), turn);
  return picked && grammar.sentences.withGesture({ clause: picked[0], gesture: picked[1] });
}

/** Two things about the place, the hour or the weather. */
function scenery(scene: Scene): string | undefined {
  const { picker, turn, form, grammar } = scene;
  const first = picker.fresh(pools.surroundings(scene, 50), turn);
  const second = picker.fresh(pools.surroundings(scene, 51), turn + 5);
  if (first === undefined || second === undefined) return undefined;
  return grammar.sentences.pair({ first, second }, variant(12, form, 52));
}

/** A small movement, with the surroundings or a gesture. */
function motion(scene: Scene): string | undefined {
  const { picker, turn } = scene;
  const move = picker.fresh(pools.moves(scene), turn);
  return move && withSurroundings(scene, { clause: move, turn: turn + Math.floor(turn / 7) }, 60);
}

/** What a companion does or says, and the character's reaction. */
function inCompany(scene: Scene): string | undefined {
  const { companions, grammar, picker, words, form, turn } = scene;
  const companion = companions[variant(companions.length, form, 70)];
  if (companion === undefined) return undefined;
  const { name } = companion;
  const says = fillAll(companion.says, words);
  const does = fillAll(companion.does ?? grammar.movement.acts, words);
  const speaks = variant(4, form, 71) === 0 && says.length > 0;
  const picked = picker.two(speaks ? says : does, pools.reactions(scene), turn);
  if (picked === undefined) return undefined;
  const { clauseWithGesture, companionActs, companionSpeaks } = grammar.sentences;
  const [first, clause] = picked;
  const aside = variant(2, form, 72) > 0 ? picker.one(pools.gestures(scene), turn) : undefined;
  const reaction = nameForPronoun(
    scene,
    aside === undefined ? clause : clauseWithGesture({ clause, gesture: aside }),
  );
  const nth = variant(6, form, 73);
  return speaks
    ? companionSpeaks({ name, words: first, reaction }, nth)
    : companionActs({ name, act: first, reaction }, nth);
}

/** Replaces the clause's leading pronoun, which could refer to the companion, with her name. */
function nameForPronoun({ words }: Scene, clause: string): string {
  const { she = '', name = '' } = words;
  return clause.startsWith(she) ? name + clause.slice(she.length) : clause;
}

/** Uses her name in the first sentence of an item. */
function withName({ phase, words }: Scene, sentences: string[]): string[] {
  const { she = '', name = '' } = words;
  const [first = '', ...rest] = sentences;
  if (phase !== 'start' || !first.startsWith(capitalized(she))) return sentences;
  return [name + first.slice(she.length), ...rest];
}

function widthOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 3 : 1), 0);
}
