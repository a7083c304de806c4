import { parseArgs } from 'node:util';

/** The command was given something that it does not understand; the message is one sentence. */
export class UsageError extends Error {}

export type Command =
  | { kind: 'help' }
  | { kind: 'measure'; ids: string[]; json: string | null }
  | { kind: 'document'; report: string };

const options = {
  only: { type: 'string', multiple: true },
  json: { type: 'string' },
  document: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * What the arguments ask for; the ids are those of measurements, in the order of `known`. Throws
 * UsageError.
 */
export function readArguments(args: readonly string[], known: readonly string[]): Command {
  const { help, only, json, document } = parse(args);
  if (help) return { kind: 'help' };
  if (json === '') throw new UsageError('--json needs the name of a file.');
  if (document !== undefined) {
    if (document === '') throw new UsageError('--document needs the name of a file.');
    if (only !== undefined || json !== undefined) {
      throw new UsageError('--document measures nothing: it goes with no other option.');
    }
    return { kind: 'document', report: document };
  }
  return { kind: 'measure', ids: chosen(only, known), json: json ?? null };
}

function chosen(only: readonly string[] | undefined, known: readonly string[]): string[] {
  if (only === undefined) return [...known];
  const wanted = only.flatMap((ids) => ids.split(',')).map((id) => id.trim());
  const unknown = wanted.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    const names = unknown.map((id) => `“${id}”`).join(', ');
    throw new UsageError(`There is no measurement ${names}; there are ${known.join(', ')}.`);
  }
  return known.filter((id) => wanted.includes(id));
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // Its first sentence says what is wrong; the others are about positional arguments.
    const said = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${said.split(/\.\s|\n/)[0]?.replace(/\.$/, '')}.`);
  }
}

export function helpText(measurements: readonly { id: string; title: string }[]): string {
  const width = Math.max(...measurements.map(({ id }) => id.length));
  return [
    'npm run bench [-- OPTIONS]',
    '',
    'Measures the product on private servers and prints one table; some minutes.',
    '',
    '  --only ID[,ID]   only these measurements',
    '  --json FILE      writes the figures there as well, for programs',
    '  --document FILE  measures nothing: fills docs/performance.md from such a file',
    '  -h, --help       this',
    '',
    'Measurements:',
    ...measurements.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}`),
    '',
    'Exit code 0: all was measured, whether aims are met or not; 1: a measurement failed; 2: wrong options.',
  ].join('\n');
}
