import { parseMinute } from '@texas-ai/kernel';
import { z } from 'zod';

export type Path = readonly (string | number)[];
/** Reports what was expected at a path of the document. */
export type Report = (path: Path, expected: string) => void;

// Parsed leniently, so that broken references are reported even if the document has other problems.
const name = z.string().catch('');
const spanOfMinutes = z
  .tuple([z.string().transform(parseMinute), z.string().transform(parseMinute)])
  .catch([undefined, undefined]);
const activities = z
  .array(
    z
      .object({
        places: z.array(name).catch([]),
        companions: z.array(name).catch([]),
        minutes: z.tuple([z.number(), z.number()]).catch([0, 0]),
        between: spanOfMinutes.optional().catch(undefined),
        theme: z.string().optional().catch(undefined),
      })
      .catch({ places: [], companions: [], minutes: [0, 0] }),
  )
  .catch([]);
const named = z.array(z.object({ key: name, name }).partial().catch({})).catch([]);
const referencesSchema = z.object({
  home: z.object({ place: z.string().optional().catch(undefined) }).catch({}),
  hours: z
    .object({ wake: spanOfMinutes, sleep: spanOfMinutes })
    .catch({ wake: [undefined, undefined], sleep: [undefined, undefined] }),
  companions: named,
  places: named,
  habits: activities,
  work: activities,
  leisure: activities,
  majorEvents: z
    .object({
      kinds: z
        .array(
          z
            .object({ lodging: z.string().optional().catch(undefined), activities })
            .catch({ activities: [] }),
        )
        .catch([]),
    })
    .catch({ kinds: [] }),
  material: z.object({ themes: z.record(z.string(), z.unknown()).catch({}) }).catch({ themes: {} }),
});

type References = z.infer<typeof referencesSchema>;

/** Checks that keys and names exist, that ranges are in order, and that the hours leave room for a day. */
export function checkReferences(localised: unknown, report: Report): void {
  const profile = referencesSchema.safeParse(localised).data;
  if (profile === undefined) return;
  checkPlaces(profile, report);
  for (const list of ['habits', 'work', 'leisure'] as const) {
    checkActivities(profile, profile[list], [list], report);
  }
  profile.majorEvents.kinds.forEach((kind, index) => {
    const path = ['majorEvents', 'kinds', index];
    checkActivities(profile, kind.activities, [...path, 'activities'], report);
    checkPlace(profile, kind.lodging, [...path, 'lodging'], report);
  });
  checkHours(profile, report);
}

function checkPlaces({ places, home, ...rest }: References, report: Report): void {
  places.forEach(({ key }, index) => {
    if (key !== undefined && places.findIndex((place) => place.key === key) < index) {
      report(['places', index, 'key'], `expected a unique key, "${key}" is already used`);
    }
  });
  checkPlace({ places, home, ...rest }, home.place, ['home', 'place'], report);
}

function checkPlace(
  profile: References,
  key: string | undefined,
  path: Path,
  report: Report,
): void {
  if (key !== undefined && !profile.places.some((place) => place.key === key)) {
    report(path, `expected the key of a place, found "${key}"`);
  }
}

function checkActivities(
  profile: References,
  list: References['work'],
  path: Path,
  report: Report,
): void {
  list.forEach((activity, index) => {
    const at = [...path, index];
    activity.places.forEach((key, n) => {
      checkPlace(profile, key, [...at, 'places', n], report);
    });
    activity.companions.forEach((companion, n) => {
      if (!profile.companions.some((known) => known.name === companion)) {
        report([...at, 'companions', n], `expected the name of a companion, found "${companion}"`);
      }
    });
    const [shortest, longest] = activity.minutes;
    if (shortest > longest) report([...at, 'minutes'], 'expected the minimum before the maximum');
    const [from, to] = activity.between ?? [];
    if (from !== undefined && to !== undefined && from >= to) {
      report([...at, 'between'], 'expected the earlier time before the later');
    }
    if (activity.theme !== undefined && !Object.hasOwn(profile.material.themes, activity.theme)) {
      report([...at, 'theme'], `expected the key of a theme, found "${activity.theme}"`);
    }
  });
}

/**
 * She wakes after midnight, since every day begins asleep; the earliest time comes before the latest; the
 * latest waking is more than 6 hours before the earliest sleep.
 */
function checkHours({ hours }: References, report: Report): void {
  if (hours.wake[0] === 0) {
    report(['hours', 'wake'], 'expected 00:01 or later, since every day begins asleep');
  }
  for (const which of ['wake', 'sleep'] as const) {
    const [earliest, latest] = hours[which];
    if (earliest !== undefined && latest !== undefined && earliest > latest) {
      report(['hours', which], 'expected the earliest before the latest, at most 24:00');
    }
  }
  const latestWake = hours.wake[1];
  const earliestSleep = hours.sleep[0];
  if (
    latestWake !== undefined &&
    earliestSleep !== undefined &&
    latestWake >= earliestSleep - 360
  ) {
    report(
      ['hours'],
      'expected more than 6 hours between the latest waking and the earliest sleep',
    );
  }
}
