import { localDate, parseDate, type Temporal, TexasError } from '@texas-ai/kernel';
import type { Profile } from '@texas-ai/life';

export interface StartOptions {
  once: boolean;
  json: boolean;
  date?: string;
  character?: string;
}

export interface RequestedDay {
  profile: Profile;
  /** The character's local date, YYYY-MM-DD. */
  date: string;
}

/**
 * The days to write: by default today, in each character's time zone, for every character. `--once` allows only one.
 * Throws `invalid_request` with the name of the option.
 */
export function requestedDays(
  options: StartOptions,
  profiles: readonly Profile[],
  now: Temporal.Instant,
): RequestedDay[] {
  const { character, date, once } = options;
  const selected =
    character === undefined ? profiles : profiles.filter(({ id }) => id === character);
  const known = profiles.map(({ id }) => id).join(', ');
  if (selected.length === 0) {
    throw invalid(`--character: there is no “${character}”, only ${known}.`);
  }
  if (once && selected.length > 1) throw invalid(`--character: choose one of ${known}.`);
  if (options.json && !once) throw invalid('--json: requires --once.');
  if (date !== undefined && !parseDate(date)) {
    throw invalid(`--date: “${date}” is not a date, written YYYY-MM-DD.`);
  }
  return selected.map((profile) => ({
    profile,
    date: date ?? localDate(now, profile.timeZone).toString(),
  }));
}

function invalid(message: string): TexasError {
  return new TexasError('invalid_request', message);
}
