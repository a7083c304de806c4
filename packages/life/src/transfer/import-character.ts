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
 * Takes over a life that `exportCharacter` told. `lines` opens the file and is called twice: the whole
 * file is read before anything is stored, and then stored in one transaction. `as` gives the life to
 * another character, with ids of its own. An imported character is served like any other; she is
 * planned by herself once a profile file of her id is there when api or worker start.
 * Throws `import_invalid` with the number of the line, also where the character has a life already,
 * `invalid_request` where `as` is no id, and `storage_unavailable`; then nothing is stored.
 */
export async function importCharacter(
  { store }: ImportCharacterDeps,
  lines: () => AsyncIterable<string>,
  { as }: { as?: string | undefined } = {},
): Promise<Imported> {
  if (as !== undefined && !profileSchema.shape.id.safeParse(as).success) {
    throw new TexasError(
      'invalid_request',
      'The new id must begin with a letter and have only lower-case letters, digits and hyphens.',
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
    `“${profile.id}” has a life already. With --as it becomes that of another id.`,
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

/** What the database refuses although it looked well is a fault of the file. */
async function withLineNumber(line: number, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const code = error instanceof TexasError ? error.code : undefined;
    if (code === 'storage_conflict') {
      throw importInvalid(line, 'ids of it are stored already. With --as it gets new ones.', error);
    }
    if (code === 'internal_error') {
      throw importInvalid(line, 'the database refuses what it says.', error);
    }
    throw error;
  }
}
