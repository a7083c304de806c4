import { Temporal } from '@texas-ai/kernel';
import type { BackupKind } from './manifest.js';

/** How many days, weeks and months have their newest backup kept. */
export interface Retention {
  daily: number;
  weekly: number;
  monthly: number;
}

export interface DatedBackup {
  kind: BackupKind;
  /** ISO 8601. */
  createdAt: string;
  /** Whole, and not found to be bad. */
  good: boolean;
}

/** For how long what somebody made or has to look at is kept: not what the schedule makes. */
const keptHours = 7 * 24;

/**
 * Those of the backups that may go. Of each of the last days, weeks (from Monday) and months that
 * have a good backup the newest is kept; days are those of the time zone. Beside them, what somebody
 * asked for, restore points and what is not good are kept for 7 days; the latter two count for no
 * period. The last good backup never goes.
 */
export function toPrune<T extends DatedBackup>(
  backups: readonly T[],
  { daily, weekly, monthly }: Retention,
  { timeZone, now }: { timeZone: string; now: Temporal.Instant },
): T[] {
  const dated = backups
    .map((backup) => ({ backup, instant: Temporal.Instant.from(backup.createdAt) }))
    .sort((one, other) => Temporal.Instant.compare(other.instant, one.instant));
  const good = dated.filter(({ backup }) => backup.good);
  const regular = good.filter(({ backup }) => backup.kind !== 'restore-point');
  const dayOf = ({ instant }: { instant: Temporal.Instant }) =>
    instant.toZonedDateTimeISO(timeZone).toPlainDate();
  const recent = dated.filter(
    ({ backup, instant }) =>
      (!backup.good || backup.kind !== 'scheduled') &&
      now.since(instant).total('hours') < keptHours,
  );
  const kept = new Set([
    ...good.slice(0, 1),
    ...recent,
    ...newestOfEach(regular, daily, (one) => dayOf(one).toString()),
    ...newestOfEach(regular, weekly, (one) => mondayOf(dayOf(one)).toString()),
    ...newestOfEach(regular, monthly, (one) => dayOf(one).toPlainYearMonth().toString()),
  ]);
  return dated.filter((one) => !kept.has(one)).map(({ backup }) => backup);
}

/** The first of each period, for so many periods; what comes is sorted newest first. */
function newestOfEach<T>(sorted: readonly T[], periods: number, periodOf: (one: T) => string): T[] {
  const newest = new Map<string, T>();
  for (const one of sorted) {
    const period = periodOf(one);
    if (!newest.has(period)) newest.set(period, one);
  }
  return [...newest.values()].slice(0, periods);
}

function mondayOf(day: Temporal.PlainDate): Temporal.PlainDate {
  return day.subtract({ days: day.dayOfWeek - 1 });
}
