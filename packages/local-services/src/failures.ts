import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TexasError } from '@texas-ai/kernel';

/** An error with one sentence that says what to do. */
export function localServiceFailed(sentence: string, cause?: unknown): TexasError {
  return new TexasError('local_service_failed', sentence, cause === undefined ? {} : { cause });
}

/**
 * Explains a file system error in one sentence that says what to do: a full disk, a folder that cannot be written, a
 * file in the way. Returns any other failure unchanged.
 */
export function explainFileFailure(failure: unknown, folder: string): unknown {
  if (failure instanceof TexasError) return failure;
  const code = systemCodeOf(failure);
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(folder, failure);
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM')
    return notWritable(folder, failure);
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return localServiceFailed(
      `${folder} is not a folder: move the file of that name, or set TEXAS_HOME to another folder.`,
      failure,
    );
  }
  return failure;
}

/** Returns `ENOENT` and such, also of errors from another realm; undefined if there is none. */
export function systemCodeOf(failure: unknown): string | undefined {
  if (typeof failure !== 'object' || failure === null || !('code' in failure)) return undefined;
  return typeof failure.code === 'string' ? failure.code : undefined;
}

/** Explains the output of a failed program in the same way; undefined if it is about something else. */
export function explainOutput(output: string, folder: string): TexasError | undefined {
  if (/No space left on device|Disk quota exceeded/i.test(output)) return diskFull(folder);
  if (/Read-only file system|Permission denied/i.test(output)) return notWritable(folder);
  return undefined;
}

/**
 * Tries to write a megabyte, because a program cannot log a full disk to that disk. Undefined if the write succeeds.
 */
export function explainFolder(folder: string): TexasError | undefined {
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    writeFileSync(probe, Buffer.alloc(1024 * 1024), { flush: true });
    return undefined;
  } catch (failure) {
    const explained = explainFileFailure(failure, folder);
    return explained instanceof TexasError ? explained : undefined;
  } finally {
    rmSync(probe, { force: true });
  }
}

function diskFull(folder: string, cause?: unknown): TexasError {
  return localServiceFailed(
    `The disk that holds ${folder} is full: free about 300 MB there, or set TEXAS_HOME to a folder on another disk.`,
    cause,
  );
}

function notWritable(folder: string, cause?: unknown): TexasError {
  return localServiceFailed(
    `${folder} cannot be written: make it writable for the current user, or set TEXAS_HOME to a folder that is.`,
    cause,
  );
}
