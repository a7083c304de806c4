import { TexasError } from '@texas-ai/kernel';
import { type Profile, profileSchema } from '../character/profile.js';
import { profileHash } from '../character/profile-file.js';
import type { Repositories, Store } from '../store.js';
import {
  importInvalid,
  readTransfer,
  type TransferCounts,
  type TransferEntry,
  zeroCounts,
} from './export-lines.js';
import type { ImportedIds } from './exported-day.js';

export interface ImportCharacterDeps {
  store: Pick<Store, 'transaction'>;
}

export interface Imported extends TransferCounts {
  character: string;
}

/**
 * Imports a character that was exported by `exportCharacter`. `lines` opens the file and is called twice:
 * first to validate the whole file, then to store it in one transaction. `as` imports it under another
 * character id, with new ids for all rows. An imported character is served like any other, but days are
 * planned only once api or worker has started with a profile file of this id.
 * Throws `import_invalid`, with the line number or because the character has data already,
 * `invalid_request` if `as` is not a valid id, and `storage_unavailable`; then nothing is stored.
 */
export async function importCharacter(
  { store }: ImportCharacterDeps,
  lines: () => AsyncIterable<string>,
  { as }: { as?: string | undefined } = {},
): Promise<Imported> {
  if (as !== undefined && !profileSchema.shape.id.safeParse(as).success) {
    throw new TexasError(
      'invalid_request',
      'The new id must begin with a letter and consist of lower-case letters, digits and hyphens.',
    );
  }
  await eachEntry(lines(), async () => undefined);
  return store.transaction(async ({ transfers }) => {
    const ids: ImportedIds = as === undefined ? 'kept' : 'new';
    let character = '';
    const counts = await eachEntry(lines(), async (entry) => {
      if (entry.kind === 'profile') {
        character = as ?? entry.profile.id;
        await begin(transfers, { ...entry.profile, id: character });
      } else {
        await withLineNumber(entry.line, () => add(transfers, character, entry, ids));
      }
    });
    return { character, ...counts };
  });
}

async function eachEntry(
  lines: AsyncIterable<string>,
  work: (entry: TransferEntry) => Promise<void>,
): Promise<TransferCounts> {
  const counts = zeroCounts();
  for await (const entry of readTransfer(lines, counts)) await work(entry);
  return counts;
}

async function begin(transfers: Repositories['transfers'], profile: Profile): Promise<void> {
  if (await transfers.begin({ profile, hash: profileHash(profile) })) return;
  throw new TexasError(
    'import_invalid',
    `“${profile.id}” has data already. Use --as to import it under another id.`,
    { details: { character: profile.id } },
  );
}

async function add(
  transfers: Repositories['transfers'],
  character: string,
  entry: Exclude<TransferEntry, { kind: 'profile' }>,
  ids: ImportedIds,
): Promise<void> {
  if (entry.kind === 'day') await transfers.addDay(character, entry.day, ids);
  else await transfers.addMajorEvent(character, entry.event, ids);
}

/** Reports a valid line that the database rejects as a problem of the file. */
async function withLineNumber(line: number, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const code = error instanceof TexasError ? error.code : undefined;
    if (code === 'storage_conflict') {
      throw importInvalid(line, 'its ids are already in use. Use --as to give it new ones.', error);
    }
    if (code === 'internal_error') {
      throw importInvalid(line, 'the database rejects it.', error);
    }
    throw error;
  }
}
