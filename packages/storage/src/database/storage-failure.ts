import { asTexasError, TexasError } from '@texas-ai/kernel';
import { explainFailure, type PostgresError, type Session } from '@texas-ai/postgres';

const sqlState = /^[0-9A-Z]{5}$/;
const uniqueViolation = '23505';
const exclusionViolation = '23P01';
const longestReason = 300;

/** The sessions in which statements failed, by what PostgreSQL threw. */
const sessions = new WeakMap<Error, Session>();

/**
 * To be told of every statement that fails. knex puts the statement, which may hold anything, before the words
 * of PostgreSQL: they are left alone.
 */
export function noteFailedStatement(error: Error, sql: string, session?: Session): void {
  const statement = `${sql} - `;
  if (error.message.startsWith(statement)) error.message = error.message.slice(statement.length);
  if (session) sessions.set(error, session);
}

/**
 * What PostgreSQL, its client or the pool threw, as a TexasError with a stable code. `details.reason` has their
 * own words, `details.fix` what a person can do.
 */
export function storageFailure(error: unknown): TexasError {
  if (error instanceof TexasError) return error;
  const { code, ...rest } = read(error);
  if (code === uniqueViolation || code === exclusionViolation) {
    return new TexasError('storage_conflict', 'Somebody else stored the same first.', {
      cause: error,
    });
  }
  const reason = rest.text.slice(0, longestReason) || code;
  const session = error instanceof Error ? sessions.get(error) : undefined;
  const found = explainFailure({ code, ...rest }, session);
  if (found) {
    const { message, fix } = found;
    const details = { reason, ...(fix !== undefined && { fix }) };
    return new TexasError('storage_unavailable', message, { cause: error, details });
  }
  // What has no SQLSTATE was thrown by our own code, in the middle of a transaction.
  if (!sqlState.test(code)) return asTexasError(error);
  return new TexasError('internal_error', 'The database refused a statement.', {
    cause: error,
    details: { reason: `${reason}, SQLSTATE ${code}` },
  });
}

function read(error: unknown): Required<PostgresError> {
  // A connection that is tried on several addresses fails with all their reasons.
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

/** The same methods, whose failures are TexasErrors. */
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
