import { expect, test } from '@jest/globals';
import { adviceFor } from './advice.js';

test.each([
  ['permission denied to create database', /CREATEDB/],
  ['query failed: ERROR:  permission denied for table dba_notes', /grant access/],
  ['permission denied for large object 4711', /grant access/],
  ['must be owner of database texas', /owner of the database/],
  ['could not open extension control file "/x/btree_gist.control": No such file', /contrib/],
  ['permission denied to create extension "btree_gist"', /CREATE EXTENSION btree_gist/],
  ['role "grafana" does not exist', /Create that role/],
  ['type "public.hstore" does not exist', /depend on/],
  ['function audit.note() does not exist', /depend on/],
  ['no such database: texas_verify_0123456789ab', /PgBouncer/],
  ['unsupported startup parameter: options', /ignore_startup_parameters/],
  ['sorry, too many clients already', /connection limit/],
  ['could not write to file: No space left on device', /disk is full/],
  ['password authentication failed for user "texas"', /password/],
  ['connection to server at "127.0.0.1", port 1 failed: Connection refused', /reachable/],
])('“%s” gets advice', (words, expected) => {
  expect(adviceFor(words)).toMatch(expected);
});

test('an unknown error gets none', () => {
  expect(adviceFor('something else')).toBeNull();
});
