import { parseArgs } from 'node:util';

/** Invalid arguments; the message is one sentence. */
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
 * Parses the arguments. The ids of measurements are in the order of `known`. Throws UsageError.
 */
export function readArguments(args: readonly string[], known: readonly string[]): Command {
  const { help, only, json, document } = parse(args);
  if (help) return { kind: 'help' };
  if (json === '') throw new UsageError('--json requires a file name.');
  if (document !== undefined) {
    if (document === '') throw new UsageError('--document requires a file name.');
    if (only !== undefined || json !== undefined) {
      throw new UsageError(
        '--document measures nothing and cannot be combined with other options.',
      );
    }
    return { kind: 'document', report: document };
  }
  return { kind: 'measure', ids: select(only, known), json: json ?? null };
}

function select(only: readonly string[] | undefined, known: readonly string[]): string[] {
  if (only === undefined) return [...known];
  const wanted = only.flatMap((ids) => ids.split(',')).map((id) => id.trim());
  const unknown = wanted.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    const names = unknown.map((id) => `“${id}”`).join(', ');
    throw new UsageError(`There is no measurement ${names}; choose from ${known.join(', ')}.`);
  }
  return known.filter((id) => wanted.includes(id));
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // The first sentence names the problem; the others are about positional arguments.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${message.split(/\.\s|\n/)[0]?.replace(/\.$/, '')}.`);
  }
}

export function helpText(measurements: readonly { id: string; title: string }[]): string {
  const width = Math.max(...measurements.map(({ id }) => id.length));
  return [
    'npm run bench [-- OPTIONS]',
    '',
    'Measures the product on private servers and prints a table; takes several minutes.',
    '',
    '  --only ID[,ID]   run only these measurements',
    '  --json FILE      also write a machine-readable report',
    '  --document FILE  measure nothing; fill docs/performance.md from such a report',
    '  -h, --help       print this help',
    '',
    'Measurements:',
    ...measurements.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}`),
    '',
    'Exit codes: 0 if all measurements succeeded, even if targets were missed; 1 if one failed; 2 for invalid options.',
  ].join('\n');
}
