import { variant } from './rotation.js';
import type { Scene } from './scene.js';
import { fillAll } from './words.js';

/** The message she sends her owner in one slot; only the day's first and last slot greet. */
export function writeMessage(scene: Scene): string {
  const { activity, theme, grammar, picker, item, brief, words, form, turn, ownTurn } = scene;
  const material = brief.profile.material;
  const own = fillAll([...(activity?.messages ?? []), ...(theme?.messages ?? [])], words);
  const generic = fillAll(grammar.messages[item.category], words);
  const reports = own.length >= 3 ? own : [...own, ...generic];
  const skies = scene.noticed ? grammar.messages.weather[brief.weather.condition] : [];
  const pool = variant(7, form, 32) === 0 && skies.length > 0 ? skies : reports;
  const report = picker.fresh(pool, ownTurn) ?? picker.one(generic, ownTurn) ?? '';
  const asks = variant(4, form, 30) === 0;
  const ends = asks
    ? [...(material?.questions ?? []), ...grammar.questions]
    : [...(material?.asides ?? []), ...grammar.asides];
  const greeting = greetingOf(scene);
  if (greeting !== undefined) return greeting(report);
  const end = picker.one(fillAll(ends, words), turn + Math.floor(turn / 5)) ?? '';
  return asks ? grammar.question(report, end) : grammar.message(report, end, variant(12, form, 31));
}

/** How the day's first and last message is put together; undefined for any other. */
function greetingOf({ opensDay, closesDay, brief, grammar, picker, words, turn }: Scene) {
  const { mornings, nights } = brief.profile.material ?? {};
  const pick = (list: readonly string[]) => picker.one(fillAll(list, words), turn) ?? '';
  if (opensDay)
    return (report: string) => grammar.pair(pick(mornings ?? grammar.mornings), report, 2);
  if (closesDay) return (report: string) => grammar.pair(report, pick(nights ?? grammar.nights), 2);
  return undefined;
}
