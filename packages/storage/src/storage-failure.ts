import { asTexasError, TexasError } from '@texas-ai/kernel';

/**
 * SQLSTATE classes and codes that say the server or the way to it is at fault, not the statement: also
 * where it lets nobody in, or has no such database. 08P01 is what a statement with too many
 * parameters meets.
 */
const unavailableStates = /^(08(?!P01)|28|3D000|53|57P|55P03|57014|25006|40001|40P01|25P03|58)/;
const sqlState = /^[0-9A-Z]{5}$/;
const uniqueViolation = '23505';
const exclusionViolation = '23P01';
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const clientMessages =
  /Connection terminated|timeout exceeded|timeout expired|Timeout acquiring a connection|Query read timeout|connection timeout|Unable to acquire a connection|Client has encountered a connection error/i;

/** What PostgreSQL, its client or the pool threw, as a TexasError with a stable code. */
export function storageFailure(error: unknown): TexasError {
  if (error instanceof TexasError) return error;
  const code = codeOf(error);
  if (code === uniqueViolation || code === exclusionViolation) {
    return new TexasError('storage_conflict', 'Somebody else stored the same first.', {
      cause: error,
    });
  }
  const message = error instanceof Error ? error.message : '';
  if (unavailableStates.test(code) || networkCodes.has(code) || clientMessages.test(message)) {
    return new TexasError('storage_unavailable', 'The database does not answer.', { cause: error });
  }
  // What has no SQLSTATE was thrown by our own code, in the middle of a transaction.
  if (!sqlState.test(code)) return asTexasError(error);
  return new TexasError('internal_error', 'The database refused a statement.', { cause: error });
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // A connection that is tried on several addresses fails with all their reasons.
  return error instanceof AggregateError ? codeOf(error.errors[0]) : '';
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
