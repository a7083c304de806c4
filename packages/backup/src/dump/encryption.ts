import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { TexasError } from '@texas-ai/kernel';

const header = Buffer.from('age-encryption.org/v1\n');

/** The message for a damaged file that the key fits. */
export const undecryptable = 'The backup cannot be decrypted: it is damaged or truncated.';

/** Whether a file starts with the header of age. */
export async function isEncrypted(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(header.length),
      0,
      header.length,
      0,
    );
    return bytesRead === header.length && buffer.equals(header);
  } finally {
    await handle.close();
  }
}

/** Encrypts a stream for an age recipient (`age1…`). */
export async function encrypt(plain: Readable, recipient: string): Promise<Readable> {
  // Loaded only when it is needed.
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch (cause) {
    const message = 'The recipient of backups is not a valid age recipient (age1…).';
    throw new TexasError('backup_failed', message, { cause });
  }
  return fromWeb(await encrypter.encrypt(toWeb(plain)));
}

/**
 * Decrypts a stream with an age identity (`AGE-SECRET-KEY-1…`). Rejects with `backup_wrong_key` if the identity is
 * missing, malformed, or not one of the recipients.
 */
export async function decrypt(
  encrypted: Readable,
  identity: string | undefined,
): Promise<Readable> {
  if (identity === undefined) {
    throw new TexasError(
      'backup_wrong_key',
      'The backup is encrypted: its age identity is required.',
    );
  }
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(identity.trim());
  } catch {
    // Without the cause, which may contain the key.
    const message = 'The key is not a valid age identity (AGE-SECRET-KEY-1…).';
    throw new TexasError('backup_wrong_key', message);
  }
  try {
    return fromWeb(await decrypter.decrypt(toWeb(encrypted)));
  } catch (cause) {
    encrypted.destroy();
    if (/no identity matched/.test(String(cause))) {
      const message = 'The backup was encrypted for a different key.';
      throw new TexasError('backup_wrong_key', message, { cause });
    }
    throw new TexasError('backup_invalid', undecryptable, { cause });
  }
}

// age-encryption uses web streams.

function toWeb(stream: Readable) {
  return Readable.toWeb(
    stream,
  ) as ReadableStream<Uint8Array> as globalThis.ReadableStream<Uint8Array>;
}

function fromWeb(stream: globalThis.ReadableStream<Uint8Array>): Readable {
  return Readable.fromWeb(stream as ReadableStream<Uint8Array>);
}
