import { Temporal } from 'temporal-polyfill';

const epoch = Temporal.Instant.fromEpochMilliseconds(0);

/**
 * Whether this is the name of an IANA time zone that Temporal, which computes with it, takes. An offset
 * such as `+08:00` is none: the schedules of the queues and Node 20's Intl do not know it.
 */
export function isTimeZone(name: string): boolean {
  try {
    const { timeZoneId } = epoch.toZonedDateTimeISO(name);
    return timeZoneId.toLowerCase() === name.toLowerCase() && !/^[+-]/.test(timeZoneId);
  } catch {
    return false;
  }
}

/** Abbreviations that mean several zones, or that Intl does not know, and a city that has no zone. */
const meant: Readonly<Record<string, string>> = {
  cst: 'Asia/Shanghai or America/Chicago',
  cdt: 'America/Chicago',
  edt: 'America/New_York',
  pdt: 'America/Los_Angeles',
  ast: 'America/Halifax or Asia/Riyadh',
  ist: 'Asia/Kolkata, Asia/Jerusalem or Europe/Dublin',
  bst: 'Europe/London or Asia/Dhaka',
  cest: 'Europe/Berlin',
  msk: 'Europe/Moscow',
  kst: 'Asia/Seoul',
  hkt: 'Asia/Hong_Kong',
  sgt: 'Asia/Singapore',
  sst: 'Pacific/Pago_Pago',
  nst: 'America/St_Johns',
  aest: 'Australia/Sydney',
  'asia/beijing': 'Asia/Shanghai',
};

/** What is expected in place of this value, with the zones that were probably meant. */
export function timeZoneExpected(value: unknown): string {
  const written = typeof value === 'string' ? value.trim().toLowerCase() : '';
  const example = meant[written] ?? fixedOffset(written) ?? knownToIntl(written) ?? 'Asia/Shanghai';
  return `an IANA time zone, for example ${example}`;
}

/** For `+08:00`, `UTC+8` or `GMT+8` the zone `Etc/GMT-8`, whose sign is turned as POSIX has it. */
function fixedOffset(written: string): string | undefined {
  const [, sign, hours] = /^(?:utc|gmt)?([+-])0?(\d{1,2})(?::?00)?$/.exec(written) ?? [];
  const zone = `Etc/GMT${sign === '+' ? '-' : '+'}${hours}`;
  return isTimeZone(zone) ? zone : undefined;
}

/** Intl takes some abbreviations that Temporal refuses: JST, PST. */
function knownToIntl(written: string): string | undefined {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: written }).resolvedOptions();
    return isTimeZone(timeZone) ? timeZone : undefined;
  } catch {
    return undefined;
  }
}
