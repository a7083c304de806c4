import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { asLines, exportLines, importLines, withValueAt } from '../../test/exported-life.js';
import { rewriteDay, rowCounts, truncateTables, writeDay } from '../../test/stored-lives.js';
import { exportCharacter } from './export-character.js';
import type { ExportedDay } from './exported-day.js';
import { importCharacter } from './import-character.js';

let db: TestDatabase;
let other: TestDatabase;
/** An export of texas with two days, in Chinese. */
let file: string[];
let days: ExportedDay[];

beforeAll(async () => {
  [db, other] = await Promise.all([makeTestDatabase(), makeTestDatabase()]);
  const profile = buildProfile('zh', { id: 'texas' });
  await db.store.characters.synchronise([{ profile, hash: 'hash-1' }]);
  await rewriteDay((await writeDay(db)).fleet);
  await writeDay(db);
  const content = '德克萨斯把车停在雨里。“再等等。”\n';
  await db.database('experiences').whereNotNull('interaction').update({ content });
  const one = db.database('interactions').select('id').limit(1);
  await db.database('interactions').whereIn('id', one).update({ status: 'sent' });
  file = await exportLines(db, 'texas');
  days = file.flatMap((line) => JSON.parse(line).day ?? []);
});
afterAll(() => Promise.all([db.drop(), other.drop()]));
beforeEach(() => truncateTables(other));

describe('an exported character', () => {
  test('has a header, a profile, events, live days by date and an end', async () => {
    const lines: unknown[] = file.map((line) => JSON.parse(line));
    expect(lines[0]).toEqual({
      format: 'texas-ai-character',
      version: 1,
      character: 'texas',
      exportedAt: '2026-11-30T00:00:00Z',
      application: '0.1.0',
      migrations: expect.arrayContaining(['2026-11-23-first']),
    });
    expect(lines[1]).toEqual({ profile: buildProfile('zh', { id: 'texas' }) });
    const { rows } = await db.database.raw(
      `SELECT (SELECT count(*)::int FROM experiences JOIN days USING (generation_id)) AS experiences,
         (SELECT count(*)::int FROM interactions JOIN days USING (generation_id)) AS interactions`,
    );
    const majorEvents = lines.length - 5;
    expect(lines.at(-1)).toEqual({ end: { majorEvents, days: 2, ...rows[0] } });
    expect(days.map(({ generation }) => generation.ordinal)).toEqual([2, 1]);
    expect(days.map(({ date }) => date)).toEqual(days.map(({ date }) => date).sort());
    expect(days[0]?.generation.usage).toMatchObject({ calls: 5, inputTokens: 900 });
    expect(file.join()).toContain('德克萨斯把车停在雨里');
  });

  test('is restored exactly, and served as before', async () => {
    expect(await importLines(other, file)).toMatchObject({ character: 'texas', days: 2 });
    expect(await exportLines(other, 'texas')).toEqual(file);
    for (const { date } of days) {
      const was = await db.store.days.find('texas', Temporal.PlainDate.from(date));
      expect(was).not.toBeNull();
      expect(await other.store.days.find('texas', Temporal.PlainDate.from(date))).toEqual(was);
      const query = { character: 'texas', date: Temporal.PlainDate.from(date), limit: 50 };
      const messages = await other.store.interactions.list(query);
      expect(messages).toEqual(await db.store.interactions.list(query));
      expect(messages.length).toBeGreaterThan(0);
    }
    const all = { character: 'texas', limit: 50 };
    const events = await db.store.majorEvents.list(all);
    expect(await other.store.majorEvents.list(all)).toEqual(events);
    expect(await rowCounts(other)).toMatchObject({ author_calls: 0, spending: 0, days: 2 });
    const later = (await other.store.now()).add({ minutes: 1 });
    expect(await other.store.generations.unannounced(later, 10)).toEqual([]);
  });

  test('is not planned without a profile file', async () => {
    await importLines(other, file);
    const due = () => other.store.schedule.due(Temporal.Instant.from('2099-01-01T00:00:00Z'), 9);
    expect(await due()).toEqual([]);
    const profile = buildProfile('zh', { id: 'texas' });
    await other.store.characters.synchronise([{ profile, hash: 'of the file' }]);
    expect(await due()).toMatchObject([{ id: 'texas' }]);
  });

  test('can be imported under another id, with new ids, beside the first', async () => {
    await importLines(other, file);
    await importLines(other, file, 'texas-two');
    expect(await exportLines(other, 'texas')).toEqual(file);
    const second = await exportLines(other, 'texas-two');
    const renamed = second.map((line, index) =>
      index < 2 ? line.replace('"texas-two"', '"texas"') : line,
    );
    expect(numbered(renamed)).toEqual(numbered(file));
    const known = new Set(file.join().match(anyId));
    const own = second.join().match(anyId) ?? [];
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((id) => known.has(id))).toEqual([]);
  });

  test('can be imported into a character with a profile file, which keeps its profile', async () => {
    const profile = buildProfile('zh', { id: 'texas', name: '文件里的德克萨斯' });
    await other.store.characters.synchronise([{ profile, hash: 'of the file' }]);
    await importLines(other, file);
    expect(await other.store.characters.find('texas')).toEqual(profile);
    expect((await exportLines(other, 'texas')).slice(2)).toEqual(file.slice(2));
  });

  test('is read on demand', async () => {
    await importLines(other, file);
    const { transfers } = other.store;
    let pages = 0;
    const endless: typeof transfers.days = async (character, { after, limit }) => {
      pages += 1;
      const [day] = await transfers.days(character, { after: null, limit: 1 });
      const last = Temporal.PlainDate.from(after ?? '2000-01-01');
      return Array.from({ length: day ? limit : 0 }, (_, index) => {
        const date = last.add({ days: index + 1 }).toString();
        return { ...(day as ExportedDay), date };
      });
    };
    const store = { ...other.store, transfers: { ...transfers, days: endless } };
    const clock = { now: () => Temporal.Instant.from('2026-11-30T00:00:00Z') };
    let taken = 0;
    for await (const _ of exportCharacter({ store, clock, application: '' }, 'texas')) {
      taken += 1;
      if (taken === 35) break;
    }
    expect([taken, pages <= 4]).toEqual([35, true]);
  });
});

describe('rejects', () => {
  test('an export of an unknown character', async () => {
    await expect(exportLines(db, 'nobody')).rejects.toMatchObject({ code: 'character_not_found' });
  });

  test.each([undefined, 'texas'])('a character that has data already, as %s', async (as) => {
    const before = await rowCounts(db);
    await expect(importLines(db, file, as)).rejects.toMatchObject({
      code: 'import_invalid',
      message: expect.stringMatching(/“texas” has data already.*--as/),
    });
    expect(await rowCounts(db)).toEqual(before);
  });

  test('a character with a generation in flight', async () => {
    const profile = buildProfile('zh', { id: 'texas' });
    await other.store.characters.synchronise([{ profile, hash: 'hash' }]);
    await other.database.raw(`
      INSERT INTO generations (id, character_id, date, ordinal, author, profile_hash)
      VALUES (gen_random_uuid(), 'texas', '2026-11-23', 1, 'offline', 'hash')`);
    await expect(importLines(other, file)).rejects.toMatchObject({ code: 'import_invalid' });
  });

  test('an invalid id', async () => {
    const importing = importLines(other, file, 'Texas the Second');
    await expect(importing).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test.each<[string, () => string[], RegExp]>([
    [
      'an id of another day',
      () => withValueAt(file, -2, ['day', 'generation', 'id'], days[0]?.generation.id),
      /its ids are already in use/,
    ],
    [
      'a text that cannot be stored',
      () => withValueAt(file, -2, ['day', 'summary'], 'a\u0000b'),
      /expected text without NUL characters/,
    ],
    ['a file that ends too early', () => file.slice(0, -1), /is truncated/],
  ])('%s, and nothing is stored', async (_name, lines, sentence) => {
    await expect(importLines(other, lines())).rejects.toMatchObject({
      code: 'import_invalid',
      message: expect.stringMatching(sentence),
    });
    const counts = Object.values(await rowCounts(other));
    expect(counts.every((count) => count === 0)).toBe(true);
  });

  test('an invalid last line before storing anything', async () => {
    const transaction = async () => {
      throw new Error('It was begun.');
    };
    const wrong = file.with(-1, '{"end":{}}');
    const importing = importCharacter({ store: { transaction } }, () => asLines(wrong));
    await expect(importing).rejects.toMatchObject({ code: 'import_invalid' });
  });
});

const anyId = /"[0-9a-f]{8}-[0-9a-f-]{27}"/g;

/** The lines with each id replaced by its position. */
function numbered(lines: readonly string[]): string[] {
  const seen = new Map<string, number>();
  const placeOf = (id: string) => {
    const place = seen.get(id) ?? seen.size;
    seen.set(id, place);
    return `"id ${place}"`;
  };
  return lines.map((line) => line.replace(anyId, placeOf));
}
