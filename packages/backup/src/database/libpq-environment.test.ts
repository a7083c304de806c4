import { describe, expect, test } from '@jest/globals';
import {
  databaseNameOf,
  libpqEnvironment,
  secretsOfUrl,
  withDatabase,
} from './libpq-environment.js';

describe('the environment of pg_dump and pg_restore', () => {
  test.each<[string, Record<string, string>]>([
    [
      'postgres://me:s%3Aecret%2F@db.example:5433/texas?sslmode=verify-full&sslrootcert=%2Fca.pem',
      {
        PGHOST: 'db.example',
        PGPORT: '5433',
        PGUSER: 'me',
        PGPASSWORD: 's:ecret/',
        PGDATABASE: 'texas',
        PGSSLMODE: 'verify-full',
        PGSSLROOTCERT: '/ca.pem',
      },
    ],
    [
      'postgres://me@%2Frun%2Fpostgresql/texas',
      { PGHOST: '/run/postgresql', PGUSER: 'me', PGDATABASE: 'texas' },
    ],
    [
      'postgresql://me@/texas?host=/run/postgresql&port=5433',
      { PGHOST: '/run/postgresql', PGPORT: '5433', PGUSER: 'me', PGDATABASE: 'texas' },
    ],
    ['postgres://me@[::1]/', { PGHOST: '::1', PGUSER: 'me', PGDATABASE: 'me' }],
    [
      'postgres://db/texas?ssl=true&connect_timeout=3',
      { PGHOST: 'db', PGDATABASE: 'texas', PGSSLMODE: 'require', PGCONNECT_TIMEOUT: '3' },
    ],
    [
      'postgres://db/texas?sslmode=no-verify&password=pw&pool=5',
      { PGHOST: 'db', PGDATABASE: 'texas', PGSSLMODE: 'require', PGPASSWORD: 'pw' },
    ],
    [
      'postgres://me:a%b%2Fc%@db/te%xas',
      { PGHOST: 'db', PGUSER: 'me', PGPASSWORD: 'a%b/c%', PGDATABASE: 'te%xas' },
    ],
  ])('for %s', (url, environment) => {
    expect(libpqEnvironment(url)).toEqual({ PGCONNECT_TIMEOUT: '10', ...environment });
  });
});

test('the URL of another database differs only in the name', () => {
  const other = (url: string) => withDatabase(url, 'ödd/name');
  expect(other('postgres://me:pw@db:1/texas?sslmode=disable')).toBe(
    'postgres://me:pw@db:1/%C3%B6dd%2Fname?sslmode=disable',
  );
  expect(other('postgres://me@/texas?host=/run/pg')).toBe(
    'postgres://me@/%C3%B6dd%2Fname?host=%2Frun%2Fpg',
  );
  expect(databaseNameOf(other('postgres://db/texas'))).toBe('ödd/name');
});

test('secrets are found both encoded and decoded', () => {
  expect(secretsOfUrl('postgres://me:a%2Fb@db/texas?password=other')).toEqual([
    'a%2Fb',
    'a/b',
    'other',
  ]);
});

test('an invalid URL is not repeated in the error', () => {
  expect(() => databaseNameOf('secret words')).toThrow('The address of the database is not a URL.');
});
