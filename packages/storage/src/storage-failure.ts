import { asTexasError, TexasError } from '@texas-ai/kernel';
import { type DatabaseError, unavailable } from './unavailable.js';

const sqlState = /^[0-9A-Z]{5}$/;
const uniqueViolation = '23505';
const exclusionViolation = '23P01';
const longestReason = 300;

/**
 * What PostgreSQL, its client or the pool threw, as a TexasError with a stable code. `details.reason` has their
 * own words, `details.fix` what a person can do.
 */
export function storageFailure(error: unknown, role?: string): TexasError {
  if (error instanceof TexasError) return error;
  const { code, ...rest } = read(error);
  if (code === uniqueViolation || code === exclusionViolation) {
    return new TexasError('storage_conflict', 'Somebody else stored the same first.', {
      cause: error,
    });
  }
  const reason = rest.text.slice(0, longestReason) || code;
  const found = unavailable({ code, ...rest }, role);
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

function read(error: unknown): DatabaseError {
  // A connection that is tried on several addresses fails with all their reasons.
  if (error instanceof AggregateError && error.errors.length > 0) return read(error.errors[0]);
  const text = error instanceof Error ? error.message : '';
  return {
    code: textOf(error, 'code'),
    syscall: textOf(error, 'syscall'),
    text: text.slice(text.lastIndexOf(beforeReason) + 1).replace(/^- /, ''),
  };
}

/** knex writes the statement, which may hold anything, before the words of PostgreSQL. */
const beforeReason = ' - ';

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
