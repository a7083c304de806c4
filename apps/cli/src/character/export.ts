import { open, rename, unlink } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { productVersion } from '@texas-ai/config';
import { systemClock, TexasError } from '@texas-ai/kernel';
import { exportCharacter } from '@texas-ai/life';
import { makeStore } from '@texas-ai/storage';
import { withDatabase } from '../database.js';
import type { CliDeps } from '../deps.js';

export type ExportDeps = Pick<CliDeps, 'root' | 'config' | 'logger' | 'output'> & {
  /** By default, that of this process. */
  stdout?: Writable;
};

/**
 * Writes a character's whole life as JSON Lines to stdout or a file, which appears only once it is complete. Throws
 * `character_not_found`, `invalid_request` if the file cannot be written, and `aborted` if the program reading
 * stdout closes it.
 */
export async function exportCharacterTo(
  deps: ExportDeps,
  character: string,
  { output: file }: { output?: string },
): Promise<number> {
  return withDatabase(deps, 'texas-export', async (database) => {
    const { root, output, stdout = process.stdout } = deps;
    const lines = exportCharacter(
      { store: makeStore(database), clock: systemClock, application: productVersion(root) },
      character,
    );
    const { days, experiences } =
      file === undefined ? await writeAll(lines, stdout) : await writeFile(lines, file);
    output.progress(`Exported “${character}”: ${days} days, ${experiences} experiences.`);
    return 0;
  });
}

type Lines = ReturnType<typeof exportCharacter>;

/** Reads each line only after the previous one has been written. */
async function writeAll(lines: Lines, stream: Writable) {
  for (;;) {
    const next = await lines.next();
    if (next.done) return next.value;
    await new Promise<void>((resolve, reject) => {
      stream.write(`${next.value}\n`, (error) => {
        if (error) reject(writeFailed(error));
        else resolve();
      });
    });
  }
}

async function writeFile(lines: Lines, file: string) {
  const temporary = `${file}.tmp`;
  const handle = await open(temporary, 'w', 0o600).catch((error) => {
    throw writeFailed(error);
  });
  const stream = handle.createWriteStream();
  // Failures are reported by the callback of each write.
  stream.on('error', () => undefined);
  try {
    const counts = await writeAll(lines, stream);
    stream.end();
    await finished(stream);
    await rename(temporary, file);
    return counts;
  } catch (error) {
    stream.destroy();
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

function writeFailed(cause: Error): TexasError {
  if ('code' in cause && cause.code === 'EPIPE') {
    return new TexasError('aborted', 'The program reading the output closed it.', { cause });
  }
  return new TexasError('invalid_request', `The output cannot be written: ${cause.message}`, {
    cause,
  });
}
