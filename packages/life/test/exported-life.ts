import { Temporal } from '@texas-ai/kernel';
import type { TestDatabase } from '@texas-ai/testing';
import { exportCharacter } from '../src/transfer/export-character.js';
import { importCharacter } from '../src/transfer/import-character.js';

/** Exports a character at a fixed time. */
export async function exportLines({ store }: TestDatabase, id: string): Promise<string[]> {
  const now = Temporal.Instant.from('2026-11-30T00:00:00Z');
  const deps = { store, clock: { now: () => now }, application: '0.1.0' };
  const lines: string[] = [];
  for await (const line of exportCharacter(deps, id)) lines.push(line);
  return lines;
}

export function importLines({ store }: TestDatabase, lines: readonly string[], as?: string) {
  return importCharacter({ store }, () => asLines(lines), { as });
}

export async function* asLines(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

/** The file with one value of a line changed; negative lines count from the end. */
export function withValueAt(
  file: readonly string[],
  line: number,
  path: readonly (string | number)[],
  value: unknown,
): string[] {
  const whole: unknown = JSON.parse(file.at(line) ?? '');
  const place = path.slice(0, -1).reduce<unknown>((at, key) => Object(at)[key], whole);
  Object.assign(Object(place), { [path.at(-1) ?? '']: value });
  return file.with(line, JSON.stringify(whole));
}
