import { variant } from './rotation.js';
import type { Scene } from './scene.js';
import { fillAll } from './templates.js';

/** Sights and sounds: usually of the place, sometimes of the weather or the hour. */
export function surroundings(scene: Scene, salt: number): string[] {
  const { place, grammar, timeOfDay, weatherNoticeable, brief, words, form } = scene;
  const { condition } = brief.weather;
  const where = place?.outdoors ? 'outdoors' : 'indoors';
  const weather = weatherNoticeable
    ? (place?.weather?.[condition] ?? grammar.weather.conditions[condition][where])
    : [];
  const hours =
    place?.times === undefined ? grammar.places.times[timeOfDay] : place.times[timeOfDay];
  const own = place?.details ?? [];
  const details = own.length >= 4 ? own : [...own, ...grammar.places.details[where]];
  const others = [[...weather, ...warmth(scene)], hours ?? []];
  const other = others[variant(2, form, salt)] ?? [];
  const useOther = variant(5, form, salt + 100) < 2 && other.length > 0;
  return fillAll(useOther ? other : details, words);
}

function warmth({ place, grammar, temperature }: Scene): readonly string[] {
  if (!place?.outdoors) return [];
  if (temperature >= 32) return grammar.weather.hot;
  return temperature <= 5 ? grammar.weather.cold : [];
}

export function gestures({ grammar, brief, theme, words }: Scene): string[] {
  const general = [...(brief.profile.material?.gestures ?? []), ...grammar.movement.gestures];
  return fillAll(theme?.gestures ?? general, words);
}

export function moves({ grammar, brief, theme, place, words }: Scene): string[] {
  const general = [...(brief.profile.material?.moves ?? []), ...grammar.movement.moves];
  return fillAll(theme?.moves ?? place?.moves ?? general, words);
}

export function reactions({ grammar, brief, words }: Scene): string[] {
  return fillAll(
    [...(brief.profile.material?.reactions ?? []), ...grammar.movement.reactions],
    words,
  );
}
