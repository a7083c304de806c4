import { Temporal } from '@texas-ai/kernel';
import type { BackupKind } from '../files/manifest.js';

/** For how many days, weeks and months the newest backup is kept. */
export interface Retention {
  daily: number;
  weekly: number;
  monthly: number;
  /** IANA zone of the days. */
  timeZone: string;
}

export interface DatedBackup {
  kind: BackupKind;
  /** ISO 8601. */
  createdAt: string;
  /** Complete, and not found to be bad. */
  good: boolean;
}

/** Min age at which backups expire that the schedule did not make, or that are bad. */
const minHours = 7 * 24;

/**
 * Returns the backups that may be removed. The newest good backup is kept for each of the last days, weeks (from
 * Monday) and months that have one. Requested backups, restore points and bad backups are kept for 7 days as well;
 * restore points and bad backups never fill a period. The last good backup never expires.
 */
export function expiredBackups<T extends DatedBackup>(
  backups: readonly T[],
  { daily, weekly, monthly, timeZone }: Retention,
  now: Temporal.Instant,
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
      (!backup.good || backup.kind !== 'scheduled') && now.since(instant).total('hours') < minHours,
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

/** Returns the first item of each of the first `periods` periods; the items are sorted newest first. */
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
