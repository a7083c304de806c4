import type { ProgramExit } from '@texas-ai/kernel';
import { type ErrorCode, TexasError } from '@texas-ai/kernel';
import { explainFailure } from '@texas-ai/postgres';
import pg from 'pg';
import { errorCode } from './database/connection.js';
import { secretsOfUrl } from './database/libpq-environment.js';

export type FailureCode = Extract<ErrorCode, 'backup_failed' | 'restore_failed'>;

/** Max characters of stderr in the details, and of its errors in the message. */
const maxStderr = 1000;
const maxReason = 300;

/**
 * Describes the failure of a PostgreSQL program, with the program's own error and advice in the message. Includes
 * neither the password nor any rows that the program quoted.
 */
export function programFailure(
  code: ErrorCode,
  sentence: string,
  exit: ProgramExit,
  databaseUrl?: string,
): TexasError {
  const stderr = redacted(exit.stderr, databaseUrl);
  return new TexasError(code, withReason(sentence, errorsIn(stderr)), {
    details: { ended: exit.code, stderr: stderr.trim().slice(-maxStderr) },
  });
}

function redacted(stderr: string, databaseUrl?: string): string {
  const secrets = databaseUrl === undefined ? [] : secretsOfUrl(databaseUrl);
  return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), stderr);
}

/** Errors and hints from lines such as `pg_dump: error: query failed: ERROR:  permission denied for table x`. */
function errorsIn(stderr: string): string {
  return stderr
    .split('\n')
    .flatMap((line) => /\b(?:error|ERROR|FATAL|HINT): +(.*)$/.exec(line.trim())?.[1] ?? [])
    .join(' ');
}

/** Returns the sentence with PostgreSQL's error and advice, if there are any. */
function withReason(sentence: string, error: string): string {
  const reason = error.replace(/\s+/g, ' ').trim().slice(0, maxReason);
  if (reason === '') return sentence;
  const message = `${sentence.replace(/[.:]$/, '')}: ${reason.replace(/\.?$/, '.')}`;
  const advice = adviceAboutDump(reason) ?? explainFailure({ text: reason })?.fix;
  return advice === undefined ? message : `${message} ${advice}`;
}

/** Advice about objects that are dumped or restored; the first match is used. */
const dumpAdvice: readonly [RegExp, string][] = [
  [
    /permission denied for (?:table|sequence|view|schema|large object)/,
    'Have its owner grant access to the role of DATABASE_URL, or move objects that do not belong to Texas AI to another schema.',
  ],
  [
    /must be (?:owner|member|able to SET ROLE)/,
    'Connect as the owner of the database or as a superuser.',
  ],
  [/role "[^"]*" does not exist/, 'Create that role first: the backup refers to it.'],
  [
    /(?:type|function|operator|operator class|relation|schema) "?[^"]*"?.* does not exist/,
    'Tables of Texas AI depend on something outside their schema, such as another extension: remove that dependency and make another backup.',
  ],
];

function adviceAboutDump(reason: string): string | undefined {
  return dumpAdvice.find(([pattern]) => pattern.test(reason))?.[1];
}

const lostConnection = /Connection terminated|ECONN|EPIPE|connection .*(closed|terminat)/i;
/** SQLSTATE classes: 08 connection, 28 authentication, 57P shutdown or termination by an administrator. */
const connectionStates = /^(08|28|57P)/;

/** Turns an error of the file system or PostgreSQL into a TexasError; a TexasError is returned unchanged. */
export function asBackupFailure(failure: unknown, code: FailureCode, folder?: string): TexasError {
  if (failure instanceof TexasError) return failure;
  const causeCode = errorCode(failure) ?? '';
  const reason = failure instanceof pg.DatabaseError ? failure.message : '';
  const failed = (sentence: string) =>
    new TexasError(code, withReason(sentence, reason), { cause: failure });
  if (causeCode === 'ENOSPC' || causeCode === 'EDQUOT') {
    return failed(`The disk that holds ${folder ?? 'the backup'} is full.`);
  }
  if (causeCode === 'EACCES' || causeCode === 'EPERM' || causeCode === 'EROFS') {
    return failed(`${folder ?? 'The backup'} cannot be written.`);
  }
  if (causeCode === '42501') {
    return failed('The database role lacks a privilege that this operation needs.');
  }
  if (connectionStates.test(causeCode) || lostConnection.test(`${causeCode} ${String(failure)}`)) {
    return failed('The connection to the database could not be established or was lost.');
  }
  return failed(
    code === 'backup_failed'
      ? 'The backup could not be made.'
      : 'The backup could not be restored.',
  );
}
