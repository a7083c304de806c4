import { type ErrorCode, type ProgramExit, TexasError } from '@texas-ai/kernel';
import pg from 'pg';
import { adviceFor } from './advice.js';
import { codeOf } from './connection.js';
import { secretsOfUrl } from './connection-environment.js';

export type FailureCode = Extract<ErrorCode, 'backup_failed' | 'restore_failed'>;

/** Characters of a program's stderr that are kept in the details, and of its errors in the message. */
const keptWords = 1000;
const keptReason = 300;

/**
 * A PostgreSQL program that failed, with its own error and with advice in the message. Neither the password nor
 * rows that the program quoted get there.
 */
export function programFailed(
  code: ErrorCode,
  sentence: string,
  ending: ProgramExit,
  databaseUrl?: string,
): TexasError {
  const words = redacted(ending.stderr, databaseUrl);
  return new TexasError(code, withReason(sentence, reasonIn(words)), {
    details: { ended: ending.code, stderr: words.trim().slice(-keptWords) },
  });
}

function redacted(stderr: string, databaseUrl?: string): string {
  const secrets = databaseUrl === undefined ? [] : secretsOfUrl(databaseUrl);
  return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), stderr);
}

/** Errors and hints, of lines such as `pg_dump: error: query failed: ERROR:  permission denied for table x`. */
function reasonIn(words: string): string {
  return words
    .split('\n')
    .flatMap((line) => /\b(?:error|ERROR|FATAL|HINT): +(.*)$/.exec(line.trim())?.[1] ?? [])
    .join(' ');
}

/** The sentence, PostgreSQL's error, and advice if there is any. */
function withReason(sentence: string, reason: string): string {
  const words = reason.replace(/\s+/g, ' ').trim().slice(0, keptReason);
  if (words === '') return sentence;
  return [`${sentence.replace(/[.:]$/, '')}: ${words.replace(/\.?$/, '.')}`, adviceFor(words)]
    .filter(Boolean)
    .join(' ');
}

const lostConnection = /Connection terminated|ECONN|EPIPE|connection .*(closed|terminat)/i;
/** SQLSTATE classes: 08 connection, 57P the server or an administrator ended it, 28 refused. */
const connectionStates = /^(08|57P|28)/;

/** A file system's or PostgreSQL's refusal as a TexasError; one of ours stays as it is. */
export function explained(failure: unknown, code: FailureCode, folder?: string): TexasError {
  if (failure instanceof TexasError) return failure;
  const system = codeOf(failure) ?? '';
  const reason = failure instanceof pg.DatabaseError ? failure.message : '';
  const because = (sentence: string) =>
    new TexasError(code, withReason(sentence, reason), { cause: failure });
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
