import { readFileSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { systemClock, TexasError } from '@texas-ai/kernel';
import { exportCharacter } from '@texas-ai/life';
import { makeStore } from '@texas-ai/storage';
import { withDatabase } from '../database.js';
import type { CliDeps } from '../deps.js';

export type ExportDeps = Pick<CliDeps, 'config' | 'logger' | 'output'> & { stdout: Writable };

/**
 * Writes a character's whole life as JSON Lines, on stdout or into a file, which is there once it is
 * whole. Throws `character_not_found`, `invalid_request` where the file cannot be written, `aborted`
 * where nobody reads the output any more, and what opening the database throws.
 */
export async function exportCharacterTo(
  deps: ExportDeps,
  character: string,
  { output: file }: { output?: string },
): Promise<number> {
  return withDatabase(deps, 'texas-export', async (database) => {
    const exporting = {
      store: makeStore(database),
      clock: systemClock,
      application: applicationVersion(),
    };
    const lines = exportCharacter(exporting, character);
    const { days, experiences } =
      file === undefined ? await writeAll(lines, deps.stdout) : await writeFile(lines, file);
    deps.output.progress(`Exported “${character}”: ${days} days, ${experiences} experiences.`);
    return 0;
  });
}

type Lines = ReturnType<typeof exportCharacter>;

/** The next line is read once this one is taken. */
async function writeAll(lines: Lines, stream: Writable) {
  for (;;) {
    const next = await lines.next();
    if (next.done) return next.value;
    await new Promise<void>((resolve, reject) => {
      stream.write(`${next.value}\n`, (error) => {
        if (error) reject(notTaken(error));
        else resolve();
      });
    });
  }
}

async function writeFile(lines: Lines, file: string) {
  const unfinished = `${file}.tmp`;
  const opened = await open(unfinished, 'w', 0o600).catch((error) => {
    throw notTaken(error);
  });
  const stream = opened.createWriteStream();
  // Each write tells of its own failure.
  stream.on('error', () => undefined);
  try {
    const counts = await writeAll(lines, stream);
    stream.end();
    await finished(stream);
    await rename(unfinished, file);
    return counts;
  } catch (error) {
    stream.destroy();
    await unlink(unfinished).catch(() => undefined);
    throw error;
  }
}

function notTaken(cause: Error): TexasError {
  if ('code' in cause && cause.code === 'EPIPE') {
    return new TexasError('aborted', 'Nobody reads the output any more.', { cause });
  }
  return new TexasError('invalid_request', `The life cannot be written: ${cause.message}`, {
    cause,
  });
}

function applicationVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return version;
}
