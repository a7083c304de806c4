import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { TexasError } from '@texas-ai/kernel';

// Whoever encrypts nothing does not load age-encryption.

const header = Buffer.from('age-encryption.org/v1\n');

/** Said of an encrypted file that its key opens and that is not whole. */
export const undecryptable = 'The backup cannot be decrypted: it is damaged or cut off.';

/** Whether a file is encrypted in the format of age, by its first bytes. */
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

/** The stream encrypted for an age recipient (`age1…`), as it flows. */
export async function encrypt(plain: Readable, recipient: string): Promise<Readable> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new TexasError('backup_failed', 'The recipient of backups is no age recipient (age1…).', {
      cause,
    });
  }
  return fromWeb(await encrypter.encrypt(toWeb(plain)));
}

/**
 * The stream decrypted with an age identity (`AGE-SECRET-KEY-1…`), as it flows. Rejects with
 * `backup_wrong_key` where the identity is none or not one that it was encrypted for.
 */
export async function decrypt(
  encrypted: Readable,
  identity: string | undefined,
): Promise<Readable> {
  if (identity === undefined) {
    throw new TexasError(
      'backup_wrong_key',
      'The backup is encrypted: its age identity is needed.',
    );
  }
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(identity.trim());
  } catch {
    // Without its cause, which may repeat the key.
    const words = 'The key is no age identity (AGE-SECRET-KEY-1…).';
    throw new TexasError('backup_wrong_key', words);
  }
  try {
    return fromWeb(await decrypter.decrypt(toWeb(encrypted)));
  } catch (cause) {
    encrypted.destroy();
    if (/no identity matched/.test(String(cause))) {
      const words = 'The backup was encrypted for another key than this one.';
      throw new TexasError('backup_wrong_key', words, { cause });
    }
    throw new TexasError('backup_invalid', undecryptable, { cause });
  }
}

// age-encryption speaks in streams of the web.

function toWeb(stream: Readable) {
  return Readable.toWeb(
    stream,
  ) as ReadableStream<Uint8Array> as globalThis.ReadableStream<Uint8Array>;
}

function fromWeb(stream: globalThis.ReadableStream<Uint8Array>): Readable {
  return Readable.fromWeb(stream as ReadableStream<Uint8Array>);
}
