import { formatMinute, type MinuteOfDay, parseMinute } from '@texas-ai/kernel';
import type { Activity, Profile } from '../../character/profile.js';
import type { ScheduleItem } from '../../day/plan.js';
import type { WakingHours } from '../../day/waking-hours.js';
import { quote } from '../clean-text.js';
import { limits } from '../limits.js';
import type { Note } from '../repair-notes.js';
import { isUsable, type Material } from './texts.js';

/** A gap up to this length is added to its neighbour; a longer one is filled. */
const smallGapMinutes = 30;
/** The duration of an item that fills a gap. */
const minFillMinutes = 30;
const maxFillMinutes = 120;
/** From this time on, evening habits may fill a gap. */
const eveningStart = 19 * 60;

/** Makes sorted items cover the waking hours: extends items over small gaps and fills the others. */
export function closeGaps(
  items: readonly ScheduleItem[],
  { wake, sleep }: WakingHours,
  material: Material,
  note: Note,
): ScheduleItem[] {
  const closed: ScheduleItem[] = [];
  const used = new Set(items.map((item) => item.title));
  const closeUntil = (to: MinuteOfDay) => {
    const previous = closed.at(-1);
    const from = previous?.end ?? wake;
    if (to <= from) return;
    if (previous && to - from <= smallGapMinutes) {
      note('gap', `moved the end of ${quote(previous.title)} ${change(from, to)}`);
      closed.splice(-1, 1, { ...previous, end: to });
      return;
    }
    const fill = fillers(from, to, used, material);
    const titles = fill.map((item) => quote(item.title)).join(', ');
    note('gap', `filled ${formatMinute(from)}-${formatMinute(to)} with ${titles}`);
    closed.push(...fill);
  };
  for (const item of items) {
    const late = item.start - wake;
    if (closed.length === 0 && late > 0 && late <= smallGapMinutes) {
      note('gap', `moved the start of ${quote(item.title)} ${change(item.start, wake)}`);
      closed.push({ ...item, start: wake });
    } else {
      closeUntil(item.start);
      closed.push(item);
    }
  }
  closeUntil(sleep);
  return closed;
}

/** Quiet items at the place where she sleeps that cover a gap: leisure and habits of the profile, each once. */
function fillers(
  from: MinuteOfDay,
  to: MinuteOfDay,
  used: Set<string>,
  { profile, words, bedAt }: Material,
): ScheduleItem[] {
  const items: ScheduleItem[] = [];
  for (let start = from; start < to; ) {
    const bed = bedAt(start);
    const activity = quietActivities(profile, bed.key, start, to).find(
      ({ title }) => !used.has(title),
    );
    const longest = Math.min(
      Math.max(activity?.minutes[1] ?? maxFillMinutes, minFillMinutes),
      maxFillMinutes,
    );
    // The rest of the gap must be long enough for another item.
    const end = to - start - longest < minFillMinutes ? to : start + longest;
    const title = activity?.title ?? words.quiet.title;
    const described = activity ? activity.description : words.quiet.describe(bed.name);
    items.push({
      start,
      end,
      title,
      category: activity?.category ?? 'rest',
      priority: 'low',
      asleep: false,
      location: bed.name,
      description: isUsable(described, limits.description)
        ? described
        : words.happens(title, bed.name),
      companions: [],
      weatherAffected: false,
      emotionalTags: [words.feelings.quiet],
      interactionPotential: 'low',
    });
    used.add(title);
    start = end;
  }
  return items;
}

/** Activities that fit into the gap at this place, on any day and in any weather. */
function quietActivities(
  profile: Profile,
  place: string,
  start: MinuteOfDay,
  to: MinuteOfDay,
): Activity[] {
  return [...profile.leisure, ...profile.habits].filter(
    (activity) =>
      (activity.category === 'rest' || activity.category === 'personal') &&
      activity.places.includes(place) &&
      (activity.at === undefined || (activity.at === 'evening' && start >= eveningStart)) &&
      isWithin(activity.between, start) &&
      !activity.weather &&
      !activity.days &&
      activity.minutes[0] <= to - start &&
      isUsable(activity.title, limits.title),
  );
}

function isWithin(span: Activity['between'], minute: MinuteOfDay): boolean {
  if (!span) return true;
  const [from, to] = span.map(parseMinute);
  return from !== undefined && to !== undefined && from <= minute && minute <= to;
}

function change(from: MinuteOfDay, to: MinuteOfDay): string {
  return `from ${formatMinute(from)} to ${formatMinute(to)}`;
}
