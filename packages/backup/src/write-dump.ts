import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TexasError } from '@texas-ai/kernel';
import { encrypt } from './encryption.js';

export interface WriteDumpOptions {
  file: string;
  /** An age recipient, where the file is to be encrypted. */
  recipient: string | undefined;
  /** Bytes of the disk that stay free for others. */
  reserve: number;
  /** Gets the dump before it is encrypted, as far as it cares to read. */
  look: Writable | undefined;
  onProgress: ((bytes: number) => void) | undefined;
  signal: AbortSignal;
}

/** Bytes between two looks at how much the disk has left. */
const lookEvery = 64 * 1024 * 1024;

type Chunks = AsyncIterable<Buffer>;

/** Writes a dump to a new file that only its owner may read, synced; answers what it is. */
export async function writeDump(
  dump: Readable,
  { file, recipient, reserve, look, onProgress, signal }: WriteDumpOptions,
): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  let lookedAt = 0;
  await keepReserve(dirname(file), reserve);
  await pipeline(
    dump,
    (plain: Chunks) => (look ? shownTo(look, plain) : plain),
    async function* (plain: Chunks) {
      yield* recipient === undefined ? plain : await encrypt(Readable.from(plain), recipient);
    },
    async function* (stored: Chunks) {
      for await (const chunk of stored) {
        hash.update(chunk);
        size += chunk.length;
        if (size - lookedAt >= lookEvery) {
          lookedAt = size;
          await keepReserve(dirname(file), reserve);
        }
        onProgress?.(size);
        yield chunk;
      }
    },
    createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }),
    { signal },
  );
  return { size, sha256: hash.digest('hex') };
}

/** The chunks as they are, each also written to somebody who may go away at any time. */
async function* shownTo(look: Writable, chunks: Chunks): Chunks {
  // That it went away is not our failure.
  look.on('error', () => undefined);
  for await (const chunk of chunks) {
    if (look.writable && !look.write(chunk)) await readyForMore(look);
    yield chunk;
  }
  look.end();
}

function readyForMore(look: Writable): Promise<void> {
  return new Promise((resolve) => {
    look.once('drain', resolve);
    look.once('close', resolve);
  });
}

async function keepReserve(folder: string, reserve: number): Promise<void> {
  if (reserve === 0) return;
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= reserve) return;
  const words = `The disk of ${folder} is full but for what stays reserved for others.`;
  throw new TexasError('backup_failed', words, { details: { reserve } });
}
