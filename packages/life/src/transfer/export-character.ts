import { type Clock, TexasError } from '@texas-ai/kernel';
import type { Store } from '../store.js';
import {
  countDay,
  type TransferCounts,
  type TransferHeader,
  transferFormat,
  transferVersion,
  zeroCounts,
} from './export-lines.js';

export interface ExportCharacterDeps {
  store: Pick<Store, 'characters' | 'transfers'>;
  clock: Clock;
  /** The version of the program, for the header. */
  application: string;
}

/** A day has about 60 kB. */
const pageSize = 10;

/**
 * Exports a character as lines of JSON, without line breaks, read on demand: a header, the profile, major
 * events, the live days by date, and an end with the counts. Days published during the export may be
 * included or not, but are never partial. Throws `character_not_found`, `storage_unavailable`.
 */
export async function* exportCharacter(
  { store, clock, application }: ExportCharacterDeps,
  character: string,
): AsyncGenerator<string, TransferCounts> {
  const profile = await store.characters.find(character);
  if (!profile) {
    throw new TexasError('character_not_found', `There is no character “${character}”.`);
  }
  const header: TransferHeader = {
    format: transferFormat,
    version: transferVersion,
    character,
    exportedAt: clock.now().toString(),
    application,
    migrations: await store.transfers.migrations(),
  };
  yield JSON.stringify(header);
  yield JSON.stringify({ profile });

  const counts = zeroCounts();
  for (const majorEvent of await store.transfers.majorEvents(character)) {
    counts.majorEvents += 1;
    yield JSON.stringify({ majorEvent });
  }
  for (let after: string | null = null; ; ) {
    const days = await store.transfers.days(character, { after, limit: pageSize });
    for (const day of days) {
      countDay(counts, day);
      yield JSON.stringify({ day });
    }
    const last = days.at(-1);
    if (!last) break;
    after = last.date;
  }
  yield JSON.stringify({ end: counts });
  return counts;
}
