import type { Temporal } from '@texas-ai/kernel';

/** Results go to stdout, everything else to stderr. */
export interface Output {
  result(text: string): void;
  progress(line: string): void;
}

export const terminal: Output = {
  result: (text) => write(process.stdout, text),
  progress: (line) => write(process.stderr, line),
};

function write(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${text}\n`);
}

/** Keeps a command running if its terminal is closed or nothing reads its output. */
export function surviveClosedTerminal(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

export function formatJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** A table with aligned columns. */
export function formatTable(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = headers.map((header, column) =>
    Math.max(header.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [headers, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** An instant in UTC, to the minute. */
export function formatMinute(instant: Temporal.Instant | null): string {
  return instant === null ? '-' : instant.toString({ smallestUnit: 'minute' });
}

const maxNames = 20;

/** The first 20 names, and how many more there are. */
export function formatNames(names: readonly string[]): string {
  const more = names.length - maxNames;
  return names.slice(0, maxNames).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
