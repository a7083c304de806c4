import { describe, expect, test } from '@jest/globals';
import { buildGeneration, buildPlan, buildProfile } from '@texas-ai/testing';
import { asLines, withValueAt } from '../../test/exported-life.js';
import { readTransfer, type TransferEntry, zeroCounts } from './export-lines.js';
import type { ExportedDay } from './exported-day.js';

const id = (number: number) => `019ac0a5-8b0e-7c1f-9d3a-${String(number).padStart(12, '0')}`;
const at = '2026-11-23T00:00:00.123456Z';

function buildDay(date: string): ExportedDay {
  const { usage } = buildGeneration();
  const plan = buildPlan();
  return {
    date,
    publishedAt: at,
    generation: {
      id: id(1),
      ordinal: 1,
      author: 'gemini',
      model: 'scripted',
      authorVersion: null,
      profileHash: 'hash',
      askedBy: 'night',
      requestId: null,
      chaptersWanted: null,
      fallback: null,
      warnings: [],
      usage,
      createdAt: at,
      startedAt: null,
      finishedAt: at,
      rewrittenAt: null,
    },
    brief: {
      dayType: 'workday',
      weather: { summary: '小雨', condition: 'rain', tempMinC: 8, tempMaxC: 13, source: 'seeded' },
      majorEvent: null,
      yesterday: null,
      wake: 420,
      sleep: 1380,
    },
    summary: plan.summary,
    items: plan.items.map((item, index) => ({ id: id(100 + index), ...item })),
    chapters: [{ slots: [], writtenAt: at, writtenOrder: 1 }],
    experiences: [
      {
        id: id(200),
        item: 1,
        start: 420,
        end: 450,
        content: '雨还在下。',
        emotions: ['平静'],
        thoughts: '',
        interaction: '下雨了。',
      },
    ],
    interactions: [
      {
        id: id(300),
        experienceId: id(200),
        content: '下雨了。',
        status: 'planned',
        windowStart: at,
        windowEnd: at,
      },
    ],
  };
}

const header = {
  format: 'texas-ai-character',
  version: 1,
  character: 'texas',
  exportedAt: at,
  application: '0.1.0',
  migrations: [],
};
const event = {
  id: id(2),
  kind: 'trip',
  title: '出差',
  objective: '送货',
  startDate: '2026-11-01',
  days: 2,
};
const end = { majorEvents: 1, days: 2, experiences: 2, interactions: 2 };
const file = [
  header,
  { profile: buildProfile('zh', { id: 'texas' }) },
  { majorEvent: event },
  { day: buildDay('2026-11-23') },
  { day: buildDay('2026-11-24') },
  { end },
].map((line) => JSON.stringify(line));

async function read(lines: readonly string[]): Promise<TransferEntry[]> {
  const entries: TransferEntry[] = [];
  for await (const entry of readTransfer(asLines(lines), zeroCounts())) entries.push(entry);
  return entries;
}

const second = file[4] ?? '';

describe('an export', () => {
  test('is read with line numbers, and unchanged', async () => {
    const entries = await read([...file, '', ' ']);
    expect(entries.map(({ line, kind }) => [line, kind])).toEqual([
      [2, 'profile'],
      [3, 'majorEvent'],
      [4, 'day'],
      [5, 'day'],
    ]);
    const days = entries.flatMap((entry) => (entry.kind === 'day' ? entry.day : []));
    expect(days.map((day) => JSON.stringify({ day }))).toEqual(file.slice(3, 5));
  });

  test.each<[string, () => string[], RegExp]>([
    ['without a line', () => [], /^Line 1: the file is empty/],
    ['of another format', () => ['{"format":"other","version":1}'], /^Line 1: .*the format/],
    ['that is not JSON', () => ['PK\u0003\u0004'], /^Line 1: not JSON/],
    [
      'of a newer version',
      () => withValueAt(file, 0, ['version'], 2),
      /^Line 1: the file is from a newer program/,
    ],
    ['of an older version', () => withValueAt(file, 0, ['version'], 0), /^Line 1: version/],
    [
      'with a wrong profile',
      () => withValueAt(file, 1, ['profile', 'places'], []),
      /^Line 2: the prof/,
    ],
    [
      'with a profile with invalid hours',
      () => withValueAt(file, 1, ['profile', 'hours', 'wake'], ['00:00', '00:00']),
      /^Line 2: the profile is invalid: hours.wake: expected 00:01/,
    ],
    [
      'with a profile with an invalid time zone',
      () => withValueAt(file, 1, ['profile', 'timeZone'], 'CST'),
      /^Line 2: .*timeZone: .* Asia\/Shanghai or America\/Chicago/,
    ],
    [
      'with a profile that cannot be stored',
      () => withValueAt(file, 1, ['profile', 'name'], 'a\0b'),
      /^Line 2: profile.name: expected text without NUL/,
    ],
    [
      'with an event that cannot be stored',
      () => withValueAt(file, 2, ['majorEvent', 'title'], 'half \udc00'),
      /^Line 3: majorEvent.title: expected text without unpaired surrogates/,
    ],
    ['without a profile', () => file.toSpliced(1, 1), /^Line 2: /],
    [
      'with an event after a day',
      () => [...file.toSpliced(2, 1), file[2] ?? ''],
      /^Line 5: the end/,
    ],
    [
      'with an event after the last day',
      () => file.toSpliced(5, 0, file[2] ?? ''),
      /^Line 6: major events/,
    ],
    ['without its end', () => file.slice(0, -1), /^Line 5: the file is truncated/],
    [
      'that is truncated within a line',
      () => file.with(4, second.slice(0, 99)),
      /^Line 5: not JSON/,
    ],
    [
      'that lacks a day',
      () => file.toSpliced(3, 1),
      /^Line 5: the end counts 2 days, but the file has 1\./,
    ],
    [
      'with a day twice',
      () => file.toSpliced(4, 0, second),
      /^Line 6: the day 2026-11-24 occurs twice/,
    ],
    [
      'in disorder',
      () => file.toSpliced(3, 0, second),
      /^Line 5: the day 2026-11-23 comes after 2026-11-24/,
    ],
    ['with more after the end', () => [...file, second], /^Line 7: the file continues/],
  ])('%s is rejected', async (_name, lines, sentence) => {
    await expect(read(lines())).rejects.toMatchObject({
      code: 'import_invalid',
      message: expect.stringMatching(sentence),
      details: { line: expect.any(Number) },
    });
  });

  test.each<[string, (string | number)[], unknown, RegExp]>([
    ['an unknown key', ['mood'], 'good', /mood/],
    ['a nested unknown key', ['brief', 'weather', 'wind'], 'strong', /wind/],
    ['an invalid date', ['date'], '2026-02-30', /date: a date that exists/],
    ['an invalid time', ['publishedAt'], 'yesterday', /publishedAt: an instant/],
    ['a gap between items', ['items', 3, 'start'], 1000, /items must be contiguous/],
    ['no night', ['items'], [], /items/],
    ['an end before 24:00', ['items', 9, 'end'], 1439, /must end at 24:00/],
    [
      'an experience outside of its item',
      ['experiences', 0, 'item'],
      5,
      /must lie within its item/,
    ],
    ['an experience without an item', ['experiences', 0, 'item'], 99, /must lie within its item/],
    ['an experience that is too long', ['experiences', 0, 'end'], 451, /5 to 30 minutes/],
    [
      'an interaction without an experience',
      ['interactions', 0, 'experienceId'],
      id(9),
      /an experience of its own/,
    ],
    [
      'a window that ends before it begins',
      ['interactions', 0, 'windowEnd'],
      '2020-01-01T00:00:00Z',
      /window/,
    ],
    ['a NUL', ['items', 3, 'title'], 'a\0', /day\.items\.3\.title: expected text without NUL/],
    ['no chapters', ['chapters'], [], /chapters/],
  ])('whose day has %s is rejected', async (_name, path, value, sentence) => {
    await expect(read(withValueAt(file, 4, ['day', ...path], value))).rejects.toMatchObject({
      code: 'import_invalid',
      message: expect.stringMatching(sentence),
      details: { line: 5 },
    });
  });
});
