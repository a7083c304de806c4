import { localDate, parseDate, type Temporal, TexasError } from '@texas-ai/kernel';
import type { Profile } from '@texas-ai/life';

export interface StartOptions {
  once: boolean;
  json: boolean;
  date?: string;
  character?: string;
}

export interface WantedDay {
  profile: Profile;
  date: string;
}

/**
 * Which days a start writes: today (the character's own) of every character, or of the one that
 * is named; `--once` writes one. Throws `invalid_request` that names the option.
 */
export function wantedDays(
  options: StartOptions,
  profiles: readonly Profile[],
  now: Temporal.Instant,
): WantedDay[] {
  const { character, date, once } = options;
  const chosen = character === undefined ? profiles : profiles.filter(({ id }) => id === character);
  const known = profiles.map(({ id }) => id).join(', ');
  if (chosen.length === 0) {
    throw invalid(`--character: there is no “${character}”; there is ${known}.`);
  }
  if (once && chosen.length > 1) throw invalid(`--character: say which one of ${known}.`);
  if (options.json && !once) throw invalid('--json: goes with --once.');
  if (date !== undefined && !parseDate(date)) {
    throw invalid(`--date: “${date}” is not a date that exists, written YYYY-MM-DD.`);
  }
  return chosen.map((profile) => ({
    profile,
    date: date ?? localDate(now, profile.timeZone).toString(),
  }));
}

function invalid(message: string): TexasError {
  return new TexasError('invalid_request', message);
}
