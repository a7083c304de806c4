import type { MinuteOfDay } from '@texas-ai/kernel';
import type { Activity, Profile } from '../../character/profile.js';
import type { MajorEventDay } from '../../day/major-event.js';
import type { ScheduleItem } from '../../day/plan.js';
import { isBlank } from '../blank-text.js';
import { cleanLine, cleanProse, cleanTags, notedText, quote } from '../clean-text.js';
import type { ItemDraft } from '../draft.js';
import { limits } from '../limits.js';
import type { Note } from '../repair-notes.js';
import type { TimedDraft } from './times.js';
import { homeNames, type RepairWords, repairWords } from './words.js';

type UntimedItem = Omit<ScheduleItem, 'start' | 'end'>;

/** The place where she sleeps and spends quiet hours. */
interface Bed {
  /** Key of the place. */
  key: string;
  name: string;
}

/** The material for texts and hours that the author left blank. */
export interface Material {
  profile: Profile;
  words: RepairWords;
  /** Until noon the place where she slept last night, then the place where she sleeps tonight. */
  bedAt(minute: MinuteOfDay): Bed;
}

export function materialOf(profile: Profile, majorEvent: MajorEventDay | null): Material {
  const home = bedOf(profile, profile.home.place);
  const kind = profile.majorEvents.kinds.find((entry) => entry.kind === majorEvent?.kind);
  const lodging = kind?.lodging === undefined ? home : bedOf(profile, kind.lodging);
  const morning = majorEvent && majorEvent.dayNumber > 1 ? lodging : home;
  const evening = majorEvent && majorEvent.dayNumber < majorEvent.days ? lodging : home;
  const bedAt = (minute: MinuteOfDay) => (minute < 720 ? morning : evening);
  return { profile, words: repairWords(profile.language), bedAt };
}

function bedOf(profile: Profile, key: string): Bed {
  const place = profile.places.find((entry) => entry.key === key);
  const names = [place?.name ?? '', profile.home.name].map((name) =>
    cleanLine(name, limits.location),
  );
  return {
    key,
    name: names.find(({ text }) => !isBlank(text))?.text ?? homeNames[profile.language],
  };
}

/** Whether a text of the profile can be used in a plan unchanged: not blank, not too long, without `{word}`. */
export function isUsable(text: string, limit: number): boolean {
  return !isBlank(text) && !text.includes('{') && cleanLine(text, limit).text === text;
}

/** The cleaned texts of an item; blank ones are filled from the profile. */
export function itemTexts(
  { draft, start }: TimedDraft,
  material: Material,
  note: Note,
): UntimedItem {
  const { profile, words, bedAt } = material;
  const written = {
    title: notedText(cleanLine(draft.title, limits.title), 'a title', note),
    location: notedText(cleanLine(draft.location, limits.location), 'a location', note),
    description: notedText(
      cleanProse(draft.description, limits.description),
      'a description',
      note,
    ),
  };
  const activity = activityByTitle(profile, written.title) ?? similarActivity(profile, draft);
  const title = fillIfBlank(written.title, 'title', draft, note, () => [
    firstClause(written.description),
    isBlank(written.description) ? activity?.title : undefined,
    words.categories[draft.category],
  ]);
  const location = fillIfBlank(written.location, 'location', draft, note, () => [
    placeName(profile, activity),
    bedAt(start).name,
  ]);
  const description = fillIfBlank(written.description, 'description', draft, note, () => [
    activity?.title === title && isUsable(activity.description, limits.description)
      ? activity.description
      : undefined,
    words.happens(title, location),
  ]);
  return {
    title,
    location,
    description,
    category: draft.category,
    priority: draft.priority,
    asleep: false,
    companions: knownCompanions(draft, profile, note),
    weatherAffected: draft.weatherAffected,
    emotionalTags: cleanTags(draft.emotionalTags, quote(title), note),
    interactionPotential: draft.interactionPotential,
  };
}

/** The cleaned summary; a blank one is made from the titles of the day. */
export function planSummary(
  raw: string,
  titles: readonly string[],
  words: RepairWords,
  note: Note,
): string {
  const summary = notedText(cleanProse(raw, limits.summary), 'the summary', note);
  if (!isBlank(summary)) return summary;
  note('text-filled', 'made a summary from the titles: it was blank');
  return words.summary(titles.slice(0, 6));
}

/** The names as in the profile, each once; unknown names are dropped. */
function knownCompanions(draft: ItemDraft, profile: Profile, note: Note): string[] {
  const known: string[] = [];
  for (const raw of draft.companions) {
    const name =
      profile.companions.find((companion) => companion.name === raw)?.name ??
      profile.companions.find((companion) => comparable(companion.name) === comparable(raw))?.name;
    if (name === undefined && isBlank(raw)) continue;
    if (name === undefined) {
      note('companion', `dropped ${quote(raw)} from ${quote(draft.title)}: not in the profile`);
    } else if (known.includes(name)) {
      note('companion', `dropped ${quote(raw)} from ${quote(draft.title)}: named twice`);
    } else {
      if (name !== raw)
        note('companion', `read ${quote(raw)} in ${quote(draft.title)} as ${quote(name)}`);
      known.push(name);
    }
  }
  return known;
}

/** Normalizes a name for comparison: no letter case, width and white space. */
function comparable(name: string): string {
  return cleanLine(name.normalize('NFKC'), limits.title).text.replaceAll(' ', '').toLowerCase();
}

function fillIfBlank(
  text: string,
  field: 'title' | 'location' | 'description',
  draft: ItemDraft,
  note: Note,
  choices: () => [...(string | undefined)[], string],
): string {
  if (!isBlank(text)) return text;
  const name = quote(isBlank(draft.title) ? draft.description : draft.title);
  note('text-filled', `filled the ${field} of ${name}: it was blank`);
  const limit = limits[field];
  const readable = choices().map((choice) => cleanLine(choice ?? '', limit).text);
  return readable.find((choice) => !isBlank(choice)) ?? '';
}

/** The beginning of a description up to its first punctuation mark, if that is short enough for a title. */
function firstClause(description: string): string | undefined {
  const clause = description.split(/[\n,.;:!?，。；：！？、…]/u, 1)[0] ?? '';
  return clause.length <= 40 ? clause : undefined;
}

function activityByTitle(profile: Profile, title: string): Activity | undefined {
  return activities(profile).find((activity) => activity.title === title);
}

/** An activity of the same category that does not belong to a fixed point of the day. */
function similarActivity(profile: Profile, draft: ItemDraft): Activity | undefined {
  return activities(profile).find(
    ({ category, at, title }) =>
      category === draft.category && at === undefined && isUsable(title, limits.title),
  );
}

function activities(profile: Profile): Activity[] {
  return [...profile.work, ...profile.leisure, ...profile.habits];
}

function placeName(profile: Profile, activity: Activity | undefined): string | undefined {
  return profile.places.find((place) => place.key === activity?.places[0])?.name;
}
