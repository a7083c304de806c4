import { TexasError, unstorableTexts } from '@texas-ai/kernel';
import { z } from 'zod';
import type { Profile } from '../character/profile.js';
import { parseProfile } from '../character/profile-file.js';
import type { MajorEventRecord } from '../day/major-event.js';
import { describeIssues, instantText } from '../schemas.js';
import { type ExportedDay, exportedDaySchema, exportedEventSchema } from './exported-day.js';

// A life as JSON Lines: a header, the profile, major events, days by date, and an end that says how
// much there was, by which a file that was cut off is known.

export const transferFormat = 'texas-ai-character';
export const transferVersion = 1;

const headerSchema = z.strictObject({
  format: z.literal(transferFormat),
  version: z.literal(transferVersion),
  character: z.string(),
  exportedAt: instantText,
  /** Of the program and the database that it was written from; nothing depends on them. */
  application: z.string(),
  migrations: z.array(z.string()),
});
export type TransferHeader = z.infer<typeof headerSchema>;

const countsSchema = z.strictObject({
  majorEvents: z.number().int(),
  days: z.number().int(),
  experiences: z.number().int(),
  interactions: z.number().int(),
});
export type TransferCounts = z.infer<typeof countsSchema>;

const anyHeader = z.looseObject({ format: z.literal(transferFormat), version: z.number() });
const profileLine = z.strictObject({ profile: z.unknown() });
const restLine = z.union(
  [
    z.strictObject({ majorEvent: z.unknown() }),
    z.strictObject({ day: z.unknown() }),
    z.strictObject({ end: z.unknown() }),
  ],
  { error: 'expected a majorEvent, a day or the end' },
);

/** What a line holds, with its number. */
export type TransferEntry = { line: number } & (
  | { kind: 'profile'; profile: Profile }
  | { kind: 'majorEvent'; event: MajorEventRecord }
  | { kind: 'day'; day: ExportedDay }
);

/** What is wrong with a file. */
export function importInvalid(line: number, problem: string, cause?: unknown): TexasError {
  return new TexasError('import_invalid', `Line ${line}: ${problem}`, { cause, details: { line } });
}

export function zeroCounts(): TransferCounts {
  return { majorEvents: 0, days: 0, experiences: 0, interactions: 0 };
}

export function countDay(counts: TransferCounts, day: ExportedDay): void {
  counts.days += 1;
  counts.experiences += day.experiences.length;
  counts.interactions += day.interactions.length;
}

/**
 * Reads a file line by line and counts what it holds. Throws `import_invalid` with the number of the
 * line at the first that is wrong, or where the end is missing.
 */
export async function* readTransfer(
  lines: AsyncIterable<string>,
  counts: TransferCounts,
): AsyncGenerator<TransferEntry, void> {
  let line = 0;
  let lastDate = '';
  let ended = false;
  for await (const text of lines) {
    line += 1;
    if (ended) {
      if (text.trim() === '') continue;
      throw importInvalid(line, 'there is more after the end.');
    }
    const value = parseJson(line, text);
    if (line === 1) {
      checkHeader(value);
      continue;
    }
    if (line === 2) {
      yield { line, kind: 'profile', profile: readProfile(value) };
      continue;
    }
    const rest = checked(line, restLine, value);
    if ('end' in rest) {
      assertCounts(line, checked(line, countsSchema, rest.end, 'end'), counts);
      ended = true;
    } else if ('majorEvent' in rest) {
      if (counts.days > 0) throw importInvalid(line, 'major events come before the days.');
      counts.majorEvents += 1;
      yield {
        line,
        kind: 'majorEvent',
        event: checked(line, exportedEventSchema, rest.majorEvent),
      };
    } else {
      const day = checked(line, exportedDaySchema, rest.day, 'day');
      assertLater(line, day.date, lastDate);
      lastDate = day.date;
      countDay(counts, day);
      yield { line, kind: 'day', day };
    }
  }
  if (line === 0) throw importInvalid(1, 'the file is empty.');
  if (!ended) throw importInvalid(line, 'the file ends here without its end: it was cut off.');
}

function parseJson(line: number, text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw importInvalid(line, 'is not JSON, or was cut off.', error);
  }
  const [unstorable] = unstorableTexts(value);
  if (unstorable === undefined) return value;
  const { path, expected } = unstorable;
  throw importInvalid(line, `${path.join('.') || 'the document'}: expected ${expected}.`);
}

function checkHeader(value: unknown): void {
  const header = anyHeader.safeParse(value);
  if (!header.success) throw importInvalid(1, `this is no file of the format ${transferFormat}.`);
  const { version } = header.data;
  if (version > transferVersion) {
    const known = `a newer program wrote it, in version ${version}; this one reads ${transferVersion}`;
    throw importInvalid(1, `${known}.`);
  }
  checked(1, headerSchema, value);
}

function readProfile(value: unknown): Profile {
  try {
    return parseProfile(checked(2, profileLine, value).profile);
  } catch (error) {
    const problems = error instanceof TexasError ? error.details.problems : undefined;
    if (!Array.isArray(problems)) throw error;
    throw importInvalid(2, `the profile is not valid: ${summarize(problems.map(String))}`, error);
  }
}

function checked<T>(line: number, schema: z.ZodType<T>, value: unknown, name?: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = summarize(describeIssues(parsed.error));
  throw importInvalid(line, name === undefined ? problems : `${name}: ${problems}`, parsed.error);
}

const maxProblems = 3;

function summarize(problems: readonly string[]): string {
  const more = problems.length - maxProblems;
  const some = problems.slice(0, maxProblems).join('; ');
  return more > 0 ? `${some}; and ${more} more` : some;
}

function assertLater(line: number, date: string, last: string): void {
  if (date > last) return;
  const problem = date === last ? `the day ${date} comes twice.` : `${date} comes after ${last}.`;
  throw importInvalid(line, problem);
}

function assertCounts(line: number, said: TransferCounts, counted: TransferCounts): void {
  for (const [name, number] of Object.entries(counted)) {
    const expected = said[name as keyof TransferCounts];
    if (number === expected) continue;
    throw importInvalid(line, `the end speaks of ${expected} ${name}, and there are ${number}.`);
  }
}
