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
import { readLines } from './read-lines.js';

export type ImportDeps = Pick<CliDeps, 'config' | 'logger' | 'output'> & {
  /** Default: this process's. */
  stdin?: Readable;
};

/**
 * Imports a life from a file that `character export` wrote, or from stdin if it is `-`. Throws `import_invalid` if the
 * file is invalid or the character already has a life, and `invalid_request` if the file cannot be read or `as` is
 * not an id.
 */
export async function importCharacterFrom(
  deps: ImportDeps,
  file: string,
  { as }: { as?: string },
): Promise<number> {
  return withDatabase(deps, 'texas-import', async (database) => {
    const store = makeStore(database);
    const imported = await withFile(deps.stdin, file, (path) =>
      importCharacter({ store }, () => readLines(chunksOf(path)), { as }),
    );
    const { character, days, experiences, interactions } = imported;
    deps.output.result(
      `Imported “${character}”: ${days} days, ${experiences} experiences, ${interactions} interactions. ` +
        'Further days are planned once config/characters/ has a profile with this id.',
    );
    return 0;
  });
}

/** Copies stdin to a file, because the import reads its input twice. */
async function withFile<T>(
  stdin: Readable = process.stdin,
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
