import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';

const epoch = Temporal.Instant.fromEpochMilliseconds(0);

/**
 * Returns true for the name of an IANA time zone that Temporal supports. An offset such as `+08:00` is not one: BullMQ's
 * schedules and Node 20's Intl reject it.
 */
export function isTimeZone(name: string): boolean {
  try {
    const { timeZoneId } = epoch.toZonedDateTimeISO(name);
    return timeZoneId.toLowerCase() === name.toLowerCase() && !/^[+-]/.test(timeZoneId);
  } catch {
    return false;
  }
}

const error = ({ input }: { input?: unknown }) => timeZoneExpected(input);

/** The name of a time zone; the error suggests a valid one. */
export const timeZoneSchema = z.string({ error }).trim().refine(isTimeZone, { error });

/** Ambiguous abbreviations, those that Intl does not know, and a city without its own zone. */
const suggestions: Readonly<Record<string, string>> = {
  z: 'Etc/UTC',
  cst: 'Asia/Shanghai or America/Chicago',
  cdt: 'America/Chicago',
  edt: 'America/New_York',
  pdt: 'America/Los_Angeles',
  ast: 'America/Halifax or Asia/Riyadh',
  akst: 'America/Anchorage',
  brt: 'America/Sao_Paulo',
  art: 'America/Argentina/Buenos_Aires',
  ist: 'Asia/Kolkata, Asia/Jerusalem or Europe/Dublin',
  bst: 'Europe/London or Asia/Dhaka',
  cest: 'Europe/Berlin',
  eest: 'Europe/Athens',
  west: 'Europe/Lisbon',
  trt: 'Europe/Istanbul',
  msk: 'Europe/Moscow',
  sast: 'Africa/Johannesburg',
  eat: 'Africa/Nairobi',
  wat: 'Africa/Lagos',
  gst: 'Asia/Dubai',
  pkt: 'Asia/Karachi',
  npt: 'Asia/Kathmandu',
  ict: 'Asia/Bangkok',
  wib: 'Asia/Jakarta',
  wita: 'Asia/Makassar',
  wit: 'Asia/Jayapura',
  myt: 'Asia/Kuala_Lumpur',
  pht: 'Asia/Manila',
  kst: 'Asia/Seoul',
  hkt: 'Asia/Hong_Kong',
  sgt: 'Asia/Singapore',
  awst: 'Australia/Perth',
  acst: 'Australia/Adelaide',
  aest: 'Australia/Sydney',
  aedt: 'Australia/Sydney',
  nzst: 'Pacific/Auckland',
  nzdt: 'Pacific/Auckland',
  sst: 'Pacific/Pago_Pago',
  nst: 'America/St_Johns',
  'asia/beijing': 'Asia/Shanghai',
  // Names of Windows and Intl, without “standard time”.
  china: 'Asia/Shanghai',
  japan: 'Asia/Tokyo',
  korea: 'Asia/Seoul',
  india: 'Asia/Kolkata',
  eastern: 'America/New_York',
  central: 'America/Chicago',
  mountain: 'America/Denver',
  pacific: 'America/Los_Angeles',
};

/** Offsets that no zone of Etc has. */
const fractionalOffsets: Readonly<Record<string, string>> = {
  '-9:30': 'Pacific/Marquesas',
  '-3:30': 'America/St_Johns',
  '+3:30': 'Asia/Tehran',
  '+4:30': 'Asia/Kabul',
  '+5:30': 'Asia/Kolkata',
  '+5:45': 'Asia/Kathmandu',
  '+6:30': 'Asia/Yangon',
  '+8:45': 'Australia/Eucla',
  '+9:30': 'Australia/Darwin',
  '+10:30': 'Australia/Lord_Howe',
  '+12:45': 'Pacific/Chatham',
};

/** Describes a valid time zone, with those that were probably meant as examples. */
export function timeZoneExpected(value: unknown): string {
  const written = ['string', 'number'].includes(typeof value) ? String(value) : '';
  const name = written
    .trim()
    .toLowerCase()
    .replace(/ (standard|daylight|summer) time$/, '');
  const example = known(name) ?? fixedOffset(name) ?? knownToIntl(name) ?? nearest(name);
  return `an IANA time zone, for example ${example ?? 'Asia/Shanghai'}`;
}

function known(name: string): string | undefined {
  return Object.hasOwn(suggestions, name) ? suggestions[name] : undefined;
}

/** Returns `Etc/GMT-8`, with its inverted POSIX sign, for `+08:00`, `UTC+8`, `GMT+8` or `8`. */
function fixedOffset(name: string): string | undefined {
  const found = /^(?:utc|gmt)? ?([+-]?) ?0?(\d{1,2})(?::?(\d\d))?$/.exec(name);
  if (!found) return undefined;
  const [, sign = '', hours = '', minutes = '00'] = found;
  if (minutes !== '00') return fractionalOffsets[`${sign || '+'}${hours}:${minutes}`];
  const zone = `Etc/GMT${sign === '-' ? '+' : '-'}${hours}`;
  return isTimeZone(zone) ? zone : undefined;
}

/** Intl accepts some abbreviations that Temporal rejects: JST, PST. */
function knownToIntl(name: string): string | undefined {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return isTimeZone(timeZone) ? timeZone : undefined;
  } catch {
    return undefined;
  }
}

const maxName = 40;

/** Returns the zone with the most similar spelling, with or without its continent. */
function nearest(name: string): string | undefined {
  if (name.length > maxName) return undefined;
  const written = name.replaceAll(' ', '_');
  // V8 lists some zones by an older name only.
  const zones = [...Object.values(suggestions), ...Intl.supportedValuesOf('timeZone')];
  const near = zones.filter(isTimeZone).map((zone) => {
    const whole = zone.toLowerCase();
    const city = whole.slice(whole.lastIndexOf('/') + 1);
    return { zone, distance: Math.min(distance(written, whole), distance(written, city)) };
  });
  const best = near.reduce((least, each) => (each.distance < least.distance ? each : least));
  return best.distance <= Math.floor(name.length / 6) ? best.zone : undefined;
}

/** The Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, character] of [...a].entries()) {
    const next = [index + 1];
    for (let at = 0; at < b.length; at++) {
      const replaced = (row[at] ?? 0) + (character === b[at] ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
