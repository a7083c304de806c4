import { variant } from './rotation.js';
import type { Scene } from './scene.js';
import { fillAll } from './words.js';

/** What there is to see, hear and feel: mostly of the place, at times of the weather or the hour. */
export function surroundings(scene: Scene, salt: number): string[] {
  const { place, grammar, timeOfDay, noticed, brief, words, form } = scene;
  const { condition } = brief.weather;
  const felt = place?.outdoors ? 'outdoors' : 'indoors';
  const weather = noticed ? (place?.weather?.[condition] ?? grammar.weather[condition][felt]) : [];
  const hours = place?.times === undefined ? grammar.times[timeOfDay] : place.times[timeOfDay];
  const own = place?.details ?? [];
  const known = own.length >= 4 ? own : [...own, ...grammar.details[felt]];
  const kinds = [known, [...weather, ...warmth(scene)], hours ?? []];
  const [details = [], ...others] = kinds;
  const other = others[variant(2, form, salt)] ?? [];
  const isOther = variant(5, form, salt + 100) < 2 || details.length === 0;
  const chosen = isOther && other.length > 0 ? other : details;
  return fillAll(chosen.length > 0 ? chosen : kinds.flat(), words);
}

function warmth({ place, grammar, temperature }: Scene): readonly string[] {
  if (!place?.outdoors) return [];
  if (temperature >= 32) return grammar.hot;
  return temperature <= 5 ? grammar.cold : [];
}

export function gestures({ grammar, brief, theme, words }: Scene): string[] {
  const general = [...(brief.profile.material?.gestures ?? []), ...grammar.gestures];
  return fillAll(theme?.gestures ?? general, words);
}

export function moves({ grammar, brief, theme, place, words }: Scene): string[] {
  const general = [...(brief.profile.material?.moves ?? []), ...grammar.moves];
  return fillAll(theme?.moves ?? place?.moves ?? general, words);
}

export function reactions({ grammar, brief, words }: Scene): string[] {
  return fillAll([...(brief.profile.material?.reactions ?? []), ...grammar.reactions], words);
}
