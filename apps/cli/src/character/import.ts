import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TexasError } from '@texas-ai/kernel';
import { importCharacter } from '@texas-ai/life';
import { makeStore } from '@texas-ai/storage';
import { withDatabase } from '../database.js';
import type { CliDeps } from '../deps.js';
import { linesOf } from './lines.js';

export type ImportDeps = Pick<CliDeps, 'config' | 'logger' | 'output'> & { stdin: Readable };

/**
 * Takes over a life from a file that `character export` wrote, or from stdin where it is `-`. Throws
 * `import_invalid` where the file is wrong or the character has a life, `invalid_request` where it
 * cannot be read or `as` is no id, and what opening the database throws.
 */
export async function importCharacterFrom(
  deps: ImportDeps,
  file: string,
  { as }: { as?: string },
): Promise<number> {
  return withDatabase(deps, 'texas-import', async (database) => {
    const store = makeStore(database);
    const imported = await withFile(deps.stdin, file, (whole) =>
      importCharacter({ store }, () => linesOf(chunksOf(whole)), { as }),
    );
    const { character, days, experiences, interactions } = imported;
    deps.output.result(
      `Imported “${character}”: ${days} days, ${experiences} experiences, ${interactions} interactions. ` +
        'Her next days are planned once config/characters/ has a profile of this id.',
    );
    return 0;
  });
}

/** A file is read twice, which stdin cannot be. */
async function withFile<T>(
  stdin: Readable,
  file: string,
  work: (file: string) => Promise<T>,
): Promise<T> {
  if (file !== '-') return work(file);
  const folder = await mkdtemp(join(tmpdir(), 'texas-import-'));
  try {
    const copy = join(folder, 'character.jsonl');
    await pipeline(stdin, createWriteStream(copy, { mode: 0o600 }));
    return await work(copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  const stream = createReadStream(file);
  try {
    for await (const chunk of stream) yield chunk;
  } catch (cause) {
    const reason = String(cause).replace(/^Error: /, '');
    throw new TexasError('invalid_request', `The file cannot be read: ${reason}`, { cause });
  } finally {
    stream.destroy();
  }
}
