import { describe, expect, test } from '@jest/globals';
import { explain, TexasError } from '@texas-ai/kernel';
import { storageFailure } from './storage-failure.js';

/** As the client and the system throw them. */
function thrown(code: string, message: string, syscall?: string): Error {
  return Object.assign(new Error(message), { code, ...(syscall && { syscall }) });
}

describe('a database that cannot be used', () => {
  test.each<[string, Error, RegExp]>([
    [
      'a wrong password',
      thrown('28P01', 'password authentication failed'),
      /let this user in .*password .* in DATABASE_URL/,
    ],
    ['pg_hba.conf', thrown('28000', 'no pg_hba.conf entry for host'), /let this user in/],
    [
      'no such database',
      thrown('3D000', 'database "x" does not exist'),
      /no such database .*CREATE DATABASE/,
    ],
    [
      'too many connections',
      thrown('53300', 'sorry, too many clients already'),
      /no connection left .*max_connections/,
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
      /host .* not known .*Check the host/,
    ],
    [
      'a closed port',
      thrown('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1', 'connect'),
      /Nothing answers/,
    ],
    ['no socket', thrown('ENOENT', 'connect ENOENT /run/x/.s.PGSQL.5432', 'connect'), /no socket/],
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
    ['a lost connection', new Error('Connection terminated unexpectedly'), /does not answer/],
    [
      'PostgreSQL is away behind PgBouncer',
      thrown('08P01', 'server login has been failing, try again later (server_login_retry)'),
      /behind PgBouncer .*PostgreSQL runs/,
    ],
    [
      'PostgreSQL is away while a client logs in',
      thrown('08P01', 'client_login_timeout (server down)'),
      /behind PgBouncer .*PostgreSQL runs/,
    ],
    [
      'PostgreSQL ends behind PgBouncer',
      thrown('08P01', 'server conn crashed?'),
      /behind PgBouncer/,
    ],
    [
      'a full pool of PgBouncer',
      thrown('08P01', 'query_wait_timeout'),
      /no connection left .*default_pool_size/,
    ],
    [
      'too many clients of PgBouncer',
      thrown('08P01', 'no more connections allowed (max_client_conn)'),
      /no connection left .*max_client_conn/,
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
      /let this user in .*auth_file/,
    ],
    [
      'a limit of PgBouncer',
      thrown('08P01', 'idle_transaction_timeout'),
      /took too long .*Raise that limit/,
    ],
    ['a hang', new Error('timeout exceeded when trying to connect'), /does not answer/],
  ])('is told of with the reason: %s', (_what, error, sentence) => {
    const failure = storageFailure(error);
    expect(failure.code).toBe('storage_unavailable');
    expect(explain(failure)).toMatch(sentence);
    expect(explain(failure)).toContain(error.message);
  });

  test('on several addresses is told of by the first', () => {
    const refused = thrown('ECONNREFUSED', 'connect ECONNREFUSED ::1:1', 'connect');
    const failure = storageFailure(new AggregateError([refused, refused]));
    expect(explain(failure)).toMatch(/Nothing answers .*\(connect ECONNREFUSED ::1:1\)/);
  });
});

describe('a right that is missing is told of with what gives it', () => {
  test.each([
    ['permission denied for schema public', 'GRANT USAGE, CREATE ON SCHEMA public TO texas;'],
    ['permission denied for schema my app', 'GRANT USAGE, CREATE ON SCHEMA "my app" TO texas;'],
    ['permission denied for database texas', 'GRANT CONNECT, CREATE ON DATABASE texas TO texas;'],
    [
      'permission denied for table days',
      'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO texas;',
    ],
    [
      'permission denied for sequence days_id_seq',
      'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO texas;',
    ],
    ['permission denied to create extension "btree_gist"', 'CREATE EXTENSION btree_gist;'],
    ['must be owner of table days', 'TO texas;'],
    ['something new', 'OWNER TO texas;'],
  ])('%s', (message, statement) => {
    const failure = storageFailure(thrown('42501', `select 1 - ${message}`), 'texas');
    expect(failure.code).toBe('storage_unavailable');
    expect(explain(failure)).toContain(`(${message}).`);
    expect(explain(failure)).toContain(statement);
  });
});

test('a role that may not look into the schema is told what to grant', () => {
  const failure = storageFailure(
    thrown('3F000', 'no schema has been selected to create in'),
    'texas',
  );
  expect(failure.code).toBe('storage_unavailable');
  expect(explain(failure)).toContain('GRANT USAGE, CREATE ON SCHEMA public TO texas;');
});

test('whose role nobody knows is told of as that of the address', () => {
  expect(explain(storageFailure(thrown('42501', 'permission denied for table days')))).toMatch(
    /ALL TABLES IN SCHEMA public TO the role of DATABASE_URL;$/,
  );
});

describe('a statement that is at fault', () => {
  test('is told of in the words of PostgreSQL, without the statement', () => {
    const failure = storageFailure(
      thrown('42P01', `select * from "x" where a = 'secret - text' - relation "x" does not exist`),
    );
    expect(failure.code).toBe('internal_error');
    expect(explain(failure)).toBe(
      'The database refused a statement (relation "x" does not exist, SQLSTATE 42P01).',
    );
  });

  test('is told of as such where PostgreSQL calls it a protocol violation', () => {
    const words = 'bind message supplies 4464 parameters, but prepared statement "" requires 70000';
    expect(storageFailure(thrown('08P01', words)).code).toBe('internal_error');
  });

  test('is a conflict where somebody else was first', () => {
    expect(storageFailure(thrown('23505', 'duplicate key')).code).toBe('storage_conflict');
  });

  test('and what our own code throws keep their code', () => {
    const own = new TexasError('day_not_found', 'No.');
    expect(storageFailure(own)).toBe(own);
    expect(storageFailure(new RangeError('no'))).toMatchObject({ code: 'internal_error' });
  });
});
