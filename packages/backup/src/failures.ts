import { type ErrorCode, TexasError } from '@texas-ai/kernel';
import { codeOf } from './connection.js';
import { secretsOfUrl } from './connection-environment.js';
import type { Ending } from './program.js';

export type FailureCode = Extract<ErrorCode, 'backup_failed' | 'restore_failed'>;

/** Characters of a program's words that are kept. */
const keptWords = 1000;

/** A PostgreSQL program that failed, with the end of its words and without the password. */
export function programFailed(
  code: ErrorCode,
  sentence: string,
  ending: Ending,
  databaseUrl?: string,
): TexasError {
  const words = diskFullWords.test(ending.stderr) ? `${sentence} A disk is full.` : sentence;
  return new TexasError(code, words, {
    details: { ended: ending.code, stderr: cleaned(ending.stderr, databaseUrl) },
  });
}

const diskFullWords = /No space left on device|Disk quota exceeded/i;

function cleaned(stderr: string, databaseUrl?: string): string {
  const secrets = databaseUrl === undefined ? [] : secretsOfUrl(databaseUrl);
  const text = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), stderr);
  return text.trim().slice(-keptWords);
}

const lostConnection = /Connection terminated|ECONN|EPIPE|connection .*(closed|terminat)/i;
/** SQLSTATE classes: 08 connection, 57P the server or an administrator ended it, 28 refused. */
const connectionStates = /^(08|57P|28)/;

/** A file system's or PostgreSQL's refusal as a TexasError; one of ours stays as it is. */
export function explained(failure: unknown, code: FailureCode, folder?: string): TexasError {
  if (failure instanceof TexasError) return failure;
  const system = codeOf(failure) ?? '';
  const because = (sentence: string) => new TexasError(code, sentence, { cause: failure });
  if (system === 'ENOSPC' || system === 'EDQUOT') {
    return because(`The disk of ${folder ?? 'the backup'} is full.`);
  }
  if (system === 'EACCES' || system === 'EPERM' || system === 'EROFS') {
    return because(`${folder ?? 'The backup'} cannot be written.`);
  }
  if (system === '42501') {
    return because('The database role lacks a privilege that this needs.');
  }
  if (connectionStates.test(system) || lostConnection.test(`${system} ${String(failure)}`)) {
    return because('The connection to the database could not be made or was lost.');
  }
  return because(
    code === 'backup_failed'
      ? 'The backup could not be made.'
      : 'The backup could not be restored.',
  );
}
