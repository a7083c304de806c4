import { expect, test } from '@jest/globals';
import { explainFailure } from './failures.js';

test.each([
  ['permission denied to create database', /CREATEDB/],
  ['could not open extension control file "/x/btree_gist.control": No such file', /contrib/],
  ['extension "uuid-ossp" is not available', /contrib/],
  ['permission denied to create extension "btree_gist"', /CREATE EXTENSION btree_gist/],
  ['no such database: texas_verify_0123456789ab', /PgBouncer/],
  ['connection to server at "db" failed: FATAL:  no such database: texas', /PgBouncer/],
  ['unsupported startup parameter: options', /ignore_startup_parameters/],
  ['sorry, too many clients already', /max_connections/],
  ['could not write to file: No space left on device', /space/],
  ['password authentication failed for user "texas"', /password/],
  ['connection to server at "127.0.0.1", port 1 failed: Connection refused', /reachable/],
  ['connection to server at "db", port 5432 failed: timeout expired', /reachable/],
])('%j of a program is explained', (text, fix) => {
  expect(explainFailure({ text })?.fix).toMatch(fix);
});

test('an unknown error is not explained', () => {
  expect(explainFailure({ text: 'something else' })).toBeUndefined();
});
