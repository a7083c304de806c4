import { asTexasError, TexasError } from '@texas-ai/kernel';
import { explainFailure, type PostgresError, type Session } from '@texas-ai/postgres';

const sqlState = /^[0-9A-Z]{5}$/;
const uniqueViolation = '23505';
const exclusionViolation = '23P01';
const maxReasonLength = 300;

/** The session in which each error occurred. */
const sessions = new WeakMap<Error, Session>();

/**
 * Handles the `query-error` event. Removes the statement, which may contain anything, from the message:
 * knex puts it before PostgreSQL's own.
 */
export function recordFailedStatement(error: Error, sql: string, session?: Session): void {
  const statement = `${sql} - `;
  if (error.message.startsWith(statement)) error.message = error.message.slice(statement.length);
  if (session) sessions.set(error, session);
}

/**
 * Converts an error of PostgreSQL, its client or the pool to a TexasError with a stable code.
 * `details.reason` is the original message, `details.fix` what an operator can do.
 */
export function storageFailure(error: unknown): TexasError {
  if (error instanceof TexasError) return error;
  const { code, ...rest } = read(error);
  if (code === uniqueViolation || code === exclusionViolation) {
    return new TexasError('storage_conflict', 'Another process stored a conflicting row first.', {
      cause: error,
    });
  }
  const reason = rest.text.slice(0, maxReasonLength) || code;
  const session = error instanceof Error ? sessions.get(error) : undefined;
  const found = explainFailure({ code, ...rest }, session);
  if (found) {
    const { message, fix } = found;
    const details = { reason, ...(fix !== undefined && { fix }) };
    return new TexasError('storage_unavailable', message, { cause: error, details });
  }
  // An error without a SQLSTATE was thrown by our own code inside a transaction.
  if (!sqlState.test(code)) return asTexasError(error);
  return new TexasError('internal_error', 'The database rejected a statement.', {
    cause: error,
    details: { reason: `${reason}, SQLSTATE ${code}` },
  });
}

function read(error: unknown): Required<PostgresError> {
  // A connection attempt to several addresses fails with one error for each.
  if (error instanceof AggregateError && error.errors.length > 0) return read(error.errors[0]);
  return {
    code: textOf(error, 'code'),
    syscall: textOf(error, 'syscall'),
    text: error instanceof Error ? error.message : '',
  };
}

function textOf(error: unknown, name: string): string {
  const value: unknown = typeof error === 'object' && error !== null && Reflect.get(error, name);
  return typeof value === 'string' ? value : '';
}

type Method = (...values: never[]) => Promise<unknown>;

/** Wraps each method so that it rejects with a `storageFailure`. */
export function withStorageFailures<T extends object>(repository: T): T {
  const wrapped = Object.entries(repository).map(([name, method]: [string, Method]) => [
    name,
    async (...values: never[]) => {
      try {
        return await method(...values);
      } catch (error) {
        throw storageFailure(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}
