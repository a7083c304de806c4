import { describe, expect, test } from '@jest/globals';
import { explain, TexasError } from '@texas-ai/kernel';
import { recordFailedStatement, storageFailure } from './storage-failure.js';

/** Errors as the client and the system throw them. */
function thrown(code: string, message: string, syscall?: string): Error {
  return Object.assign(new Error(message), { code, ...(syscall && { syscall }) });
}

/** Errors as `openDatabase` leaves them. */
function failed(error: Error, sql = 'select 1'): Error {
  recordFailedStatement(error, sql, { role: 'texas', database: 'texas_ai', schema: '"my app"' });
  return error;
}

describe('a database that is unavailable', () => {
  test.each<[string, Error, RegExp]>([
    [
      'a wrong password',
      thrown('28P01', 'password authentication failed'),
      /rejects this user .*password .* in DATABASE_URL/,
    ],
    ['pg_hba.conf', thrown('28000', 'no pg_hba.conf entry for host'), /rejects this user/],
    [
      'no such database',
      thrown('3D000', 'database "x" does not exist'),
      /no such database .*CREATE DATABASE/,
    ],
    [
      'too many connections',
      thrown('53300', 'sorry, too many clients already'),
      /no free connection .*max_connections/,
    ],
    ['a full disk', thrown('53100', 'No space left on device'), /disk/],
    ['a start', thrown('57P03', 'the database system is starting up'), /starting up/],
    [
      'a statement cancelled',
      thrown('57014', 'canceling statement due to statement timeout'),
      /took too long/,
    ],
    [
      'a replica',
      thrown('25006', 'cannot execute INSERT in a read-only transaction'),
      /read-only .*primary/,
    ],
    [
      'an unknown host',
      thrown('ENOTFOUND', 'getaddrinfo ENOTFOUND db', 'getaddrinfo'),
      /host name .* cannot be resolved .*Check the host/,
    ],
    [
      'a closed port',
      thrown('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1', 'connect'),
      /cannot be reached/,
    ],
    [
      'no socket',
      thrown('ENOENT', 'connect ENOENT /run/x/.s.PGSQL.5432', 'connect'),
      /socket cannot be used/,
    ],
    [
      'no certificate file',
      thrown('ENOENT', "open '/ca.pem'", 'open'),
      /cannot be read .*sslrootcert/,
    ],
    [
      'no TLS',
      new Error('The server does not support SSL connections'),
      /does not offer TLS.*sslmode/,
    ],
    [
      'a certificate',
      thrown('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'),
      /not trusted .*sslrootcert/,
    ],
    [
      'no extension',
      thrown('0A000', 'extension "btree_gist" is not available'),
      /lacks an extension .*contrib/,
    ],
    ['a lost connection', new Error('Connection terminated unexpectedly'), /does not respond/],
    [
      'PostgreSQL is away behind PgBouncer',
      thrown('08P01', 'server login has been failing, try again later (server_login_retry)'),
      /PgBouncer cannot connect to the database .*PostgreSQL is running/,
    ],
    [
      'PostgreSQL is away while a client logs in',
      thrown('08P01', 'client_login_timeout (server down)'),
      /PgBouncer cannot connect to the database .*PostgreSQL is running/,
    ],
    [
      'PostgreSQL ends behind PgBouncer',
      thrown('08P01', 'server conn crashed?'),
      /PgBouncer cannot connect to the database/,
    ],
    [
      'a full pool of PgBouncer',
      thrown('08P01', 'query_wait_timeout'),
      /no free connection .*default_pool_size/,
    ],
    [
      'too many clients of PgBouncer',
      thrown('08P01', 'no more connections allowed (max_client_conn)'),
      /no free connection .*max_client_conn/,
    ],
    [
      'a database that PgBouncer does not know',
      thrown('08P01', 'no such database: texas'),
      /does not know the database .*\[databases\]/,
    ],
    [
      'a parameter that PgBouncer does not accept',
      thrown('08P01', 'unsupported startup parameter: options'),
      /parameter .*ignore_startup_parameters/,
    ],
    [
      'a wrong password, at PgBouncer',
      thrown('08P01', 'SASL authentication failed'),
      /rejects this user .*auth_file/,
    ],
    [
      'a limit of PgBouncer',
      thrown('08P01', 'idle_transaction_timeout'),
      /took too long .*Raise that limit/,
    ],
    ['a hang', new Error('timeout exceeded when trying to connect'), /does not respond/],
  ])('has the reason in its message: %s', (_what, error, sentence) => {
    const failure = storageFailure(error);
    expect(failure.code).toBe('storage_unavailable');
    expect(explain(failure)).toMatch(sentence);
    expect(explain(failure)).toContain(error.message);
  });

  test('at several addresses has the first reason in its message', () => {
    const refused = thrown('ECONNREFUSED', 'connect ECONNREFUSED ::1:1', 'connect');
    const failure = storageFailure(new AggregateError([refused, refused]));
    expect(explain(failure)).toMatch(/cannot be reached .*\(connect ECONNREFUSED ::1:1\)/);
  });
});

describe('a missing privilege comes with the GRANT that fixes it', () => {
  test.each([
    ['permission denied for schema public', 'GRANT USAGE, CREATE ON SCHEMA public TO texas;'],
    ['permission denied for schema my app', 'GRANT USAGE, CREATE ON SCHEMA "my app" TO texas;'],
    ['permission denied for database texas', 'GRANT CONNECT, CREATE ON DATABASE texas TO texas;'],
    [
      'permission denied for table days',
      'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "my app" TO texas;',
    ],
    [
      'permission denied for sequence days_id_seq',
      'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA "my app" TO texas;',
    ],
    ['permission denied to create extension "btree_gist"', 'CREATE EXTENSION btree_gist;'],
    ['must be owner of table days', 'ALTER TABLE "my app".days OWNER TO texas;'],
    ['must be owner of function one', 'ALTER DATABASE texas_ai OWNER TO texas;'],
    ['something new', 'ALTER DATABASE texas_ai OWNER TO texas;'],
    [
      'no schema has been selected to create in',
      'CREATE SCHEMA IF NOT EXISTS "my app"; GRANT USAGE, CREATE ON SCHEMA "my app" TO texas;',
    ],
  ])('%s', (message, statement) => {
    const failure = storageFailure(
      failed(thrown(message.startsWith('no schema') ? '3F000' : '42501', `select 1 - ${message}`)),
    );
    expect(failure.code).toBe('storage_unavailable');
    expect(explain(failure)).toContain(`(${message}).`);
    expect(explain(failure)).toContain(statement);
  });
});

test('a missing privilege of an unknown role and schema comes without a fix', () => {
  for (const message of [
    'permission denied for table days',
    'no schema has been selected to create in',
    'must be owner of table days',
  ]) {
    expect(explain(storageFailure(thrown('42501', message)))).toBe(
      `The database role lacks a privilege (${message}). Have the owner of the database or a superuser grant it to the role of DATABASE_URL.`,
    );
  }
});

describe('a statement that PostgreSQL rejects', () => {
  test('is an internal_error with the message of PostgreSQL, without the statement', () => {
    const sql = `select * from "x" where a = 'secret - text'`;
    const failure = storageFailure(
      failed(thrown('42P01', `${sql} - relation "x" does not exist`), sql),
    );
    expect(failure.code).toBe('internal_error');
    expect(explain(failure)).toBe(
      'The database rejected a statement (relation "x" does not exist, SQLSTATE 42P01).',
    );
  });

  test('is an internal_error even if PostgreSQL reports a protocol violation', () => {
    const words = 'bind message supplies 4464 parameters, but prepared statement "" requires 70000';
    expect(storageFailure(thrown('08P01', words)).code).toBe('internal_error');
  });

  test('is a storage_conflict if another process stored a conflicting row', () => {
    expect(storageFailure(thrown('23505', 'duplicate key')).code).toBe('storage_conflict');
  });

  test('does not change the code of our own errors', () => {
    const own = new TexasError('day_not_found', 'No.');
    expect(storageFailure(own)).toBe(own);
    expect(storageFailure(new RangeError('no'))).toMatchObject({ code: 'internal_error' });
  });
});
