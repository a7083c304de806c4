import { describe, expect, test } from '@jest/globals';
import { Temporal } from 'temporal-polyfill';
import { isTimeZone, timeZoneExpected } from './time-zone.js';

const abbreviations =
  'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST'.split(
    ' ',
  );

describe('a time zone', () => {
  test.each([
    ...Intl.supportedValuesOf('timeZone'),
    'UTC',
    'PRC',
    'EST',
    'asia/shanghai',
    'US/Pacific',
  ])('%s is accepted, and supported by Temporal and Intl', (zone) => {
    expect(isTimeZone(zone)).toBe(true);
    expect(Temporal.Instant.from('2026-11-30T00:00:00Z').toZonedDateTimeISO(zone)).toBeDefined();
    expect(new Intl.DateTimeFormat('en', { timeZone: zone })).toBeDefined();
  });

  test.each([
    ...abbreviations,
    ...['WIB', 'NZST', 'Asia/Shangai', 'China Standard Time'],
    ...['+08:00', '+0800', '-05', 'UTC+8', 'GMT+8', 'Z', '', 'local', 'system', 'Asia/Beijing'],
    ...['Asia/Shanghai ', '2026-11-30T00:00:00+08:00[Asia/Tokyo]', '2026-11-30T00:00:00Z'],
  ])('%j is rejected', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});

describe('the error suggests the zone that was probably meant', () => {
  test.each([
    ['CST', 'Asia/Shanghai or America/Chicago'],
    ['pst', 'America/Los_Angeles'],
    ['JST', 'Asia/Tokyo'],
    ['UTC+8', 'Etc/GMT-8'],
    ['-05:00', 'Etc/GMT+5'],
    ['Asia/Beijing', 'Asia/Shanghai'],
    ['Mars/Olympus', 'Asia/Shanghai'],
    ['WIB', 'Asia/Jakarta'],
    ['NZST', 'Pacific/Auckland'],
    ['Z', 'Etc/UTC'],
    ['UTC+5:30', 'Asia/Kolkata'],
    ['+0545', 'Asia/Kathmandu'],
    ['GMT +08:00', 'Etc/GMT-8'],
    ['UTC+25', 'Asia/Shanghai'],
    ['China Standard Time', 'Asia/Shanghai'],
    ['Pacific Daylight Time', 'America/Los_Angeles'],
    ['Tokyo Standard Time', 'Asia/Tokyo'],
    ['Asia/Shangai', 'Asia/Shanghai'],
    ['Asia/Kolkatta', 'Asia/Kolkata'],
    ['America/New York', 'America/New_York'],
    ['paris', 'Europe/Paris'],
    ['constructor', 'Asia/Shanghai'],
    ['a'.repeat(100_000), 'Asia/Shanghai'],
    [8, 'Etc/GMT-8'],
    [-5, 'Etc/GMT+5'],
    [null, 'Asia/Shanghai'],
  ])('%j: %s', (value, example) => {
    expect(timeZoneExpected(value)).toBe(`an IANA time zone, for example ${example}`);
  });

  test.each(abbreviations)('%s: only valid zones are suggested', (name) => {
    const examples = timeZoneExpected(name)
      .replace(/^.* example /, '')
      .split(/, | or /);
    expect(examples.filter((zone) => !isTimeZone(zone))).toEqual([]);
  });
});
