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
  /** An age recipient, if the file is to be encrypted. */
  recipient: string | undefined;
  /** Bytes that must stay free on the disk. */
  reserve: number;
  /** Receives the unencrypted dump until it closes. */
  listing: Writable;
  onProgress: ((bytes: number) => void) | undefined;
  signal: AbortSignal;
}

/** Bytes between two checks of the free disk space. */
const checkEvery = 64 * 1024 * 1024;

type Chunks = AsyncIterable<Buffer>;

/** Writes a dump to a new file with mode 0600 and syncs it. */
export async function writeDump(
  dump: Readable,
  { file, recipient, reserve, listing, onProgress, signal }: WriteDumpOptions,
): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  let checkedAt = 0;
  await assertReserve(dirname(file), reserve);
  await pipeline(
    dump,
    (plain: Chunks) => tee(plain, listing),
    async function* (plain: Chunks) {
      yield* recipient === undefined ? plain : await encrypt(Readable.from(plain), recipient);
    },
    async function* (stored: Chunks) {
      for await (const chunk of stored) {
        hash.update(chunk);
        size += chunk.length;
        if (size - checkedAt >= checkEvery) {
          checkedAt = size;
          await assertReserve(dirname(file), reserve);
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

/** Yields the chunks, and writes each to a stream that may close at any time. */
async function* tee(chunks: Chunks, copy: Writable): Chunks {
  copy.on('error', () => undefined);
  for await (const chunk of chunks) {
    if (copy.writable && !copy.write(chunk)) await drained(copy);
    yield chunk;
  }
  copy.end();
}

function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('drain', resolve);
    stream.once('close', resolve);
  });
}

async function assertReserve(folder: string, reserve: number): Promise<void> {
  if (reserve === 0) return;
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= reserve) return;
  const message = `The disk that holds ${folder} has no space left beyond its reserve.`;
  throw new TexasError('backup_failed', message, { details: { reserve } });
}
