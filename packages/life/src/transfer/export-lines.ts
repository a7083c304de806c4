import { TexasError, unstorableTexts } from '@texas-ai/kernel';
import { z } from 'zod';
import type { Profile } from '../character/profile.js';
import { parseProfile } from '../character/profile-file.js';
import type { MajorEventRecord } from '../day/major-event.js';
import { describeIssues, instantText } from '../schemas.js';
import { type ExportedDay, exportedDaySchema, exportedEventSchema } from './exported-day.js';

// The format of an export, JSON Lines: a header, the profile, major events, days by date, and an end with
// the counts, by which a truncated file is recognized.

export const transferFormat = 'texas-ai-character';
export const transferVersion = 1;

const headerSchema = z.strictObject({
  format: z.literal(transferFormat),
  version: z.literal(transferVersion),
  character: z.string(),
  exportedAt: instantText,
  /** The version of the program and the migrations of the database, for information. */
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

/** A parsed line with its number, from 1. */
export type TransferEntry = { line: number } & (
  | { kind: 'profile'; profile: Profile }
  | { kind: 'majorEvent'; event: MajorEventRecord }
  | { kind: 'day'; day: ExportedDay }
);

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
 * Reads an export line by line and adds up `counts`. Throws `import_invalid` with the line number at the
 * first invalid line, or if the end is missing.
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
      throw importInvalid(line, 'the file continues after its end.');
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
  if (!ended) throw importInvalid(line, 'the file is truncated: its end is missing.');
}

function parseJson(line: number, text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw importInvalid(line, 'not JSON, or truncated.', error);
  }
  const [unstorable] = unstorableTexts(value);
  if (unstorable === undefined) return value;
  const { path, expected } = unstorable;
  throw importInvalid(line, `${path.join('.') || 'the document'}: expected ${expected}.`);
}

function checkHeader(value: unknown): void {
  const header = anyHeader.safeParse(value);
  if (!header.success)
    throw importInvalid(1, `the file does not have the format ${transferFormat}.`);
  const { version } = header.data;
  if (version > transferVersion) {
    const versions = `version ${version}, this one reads version ${transferVersion}`;
    throw importInvalid(1, `the file is from a newer program: ${versions}.`);
  }
  checked(1, headerSchema, value);
}

function readProfile(value: unknown): Profile {
  try {
    return parseProfile(checked(2, profileLine, value).profile);
  } catch (error) {
    const problems = error instanceof TexasError ? error.details.problems : undefined;
    if (!Array.isArray(problems)) throw error;
    throw importInvalid(2, `the profile is invalid: ${summarize(problems.map(String))}`, error);
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
  const problem =
    date === last ? `the day ${date} occurs twice.` : `the day ${date} comes after ${last}.`;
  throw importInvalid(line, problem);
}

function assertCounts(line: number, expected: TransferCounts, counted: TransferCounts): void {
  for (const [name, number] of Object.entries(counted)) {
    const announced = expected[name as keyof TransferCounts];
    if (number === announced) continue;
    throw importInvalid(line, `the end counts ${announced} ${name}, but the file has ${number}.`);
  }
}
