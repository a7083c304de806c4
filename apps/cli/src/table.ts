import type { Temporal } from '@texas-ai/kernel';

/** Rows below their heads, each column as wide as it must be. */
export function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [heads, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** An instant to the minute, in UTC. */
export function minute(instant: Temporal.Instant | null): string {
  return instant === null ? '-' : instant.toString({ smallestUnit: 'minute' });
}

const maxListed = 20;

/** Names in one line, of which the first 20 are spelled out. */
export function listed(names: readonly string[]): string {
  const more = names.length - maxListed;
  return names.slice(0, maxListed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
