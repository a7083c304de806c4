import { variant } from './rotation.js';
import type { Scene } from './scene.js';
import { fillAll } from './templates.js';

/** The message to the owner in one slot. Only the day's first and last slot have a greeting. */
export function writeMessage(scene: Scene): string {
  const { activity, theme, grammar, picker, item, brief, words, form, turn, ownTurn } = scene;
  const material = brief.profile.material;
  const own = fillAll([...(activity?.messages ?? []), ...(theme?.messages ?? [])], words);
  const generic = fillAll(grammar.messages[item.category], words);
  const reports = own.length >= 3 ? own : [...own, ...generic];
  const skies = scene.weatherNoticeable ? grammar.messages.weather[brief.weather.condition] : [];
  const pool = variant(7, form, 32) === 0 && skies.length > 0 ? skies : reports;
  const report = picker.fresh(pool, ownTurn) ?? picker.one(generic, ownTurn) ?? '';
  const asks = variant(4, form, 30) === 0;
  const ends = asks
    ? [...(material?.questions ?? []), ...grammar.messages.questions]
    : [...(material?.asides ?? []), ...grammar.messages.asides];
  const greeting = greet(scene, report);
  if (greeting !== undefined) return greeting;
  const end = picker.one(fillAll(ends, words), turn + Math.floor(turn / 5)) ?? '';
  const { question, message } = grammar.sentences;
  return asks
    ? question({ report, question: end })
    : message({ report, aside: end }, variant(12, form, 31));
}

/** The report and a greeting in the day's first and last slot; undefined in any other. */
function greet(
  { opensDay, closesDay, brief, grammar, picker, words, turn }: Scene,
  report: string,
) {
  const { mornings, nights } = grammar.messages;
  const material = brief.profile.material;
  const pick = (list: readonly string[]) => picker.one(fillAll(list, words), turn) ?? '';
  const { pair } = grammar.sentences;
  if (opensDay) return pair({ first: pick(material?.mornings ?? mornings), second: report }, 2);
  return closesDay
    ? pair({ first: report, second: pick(material?.nights ?? nights) }, 2)
    : undefined;
}
