import { expect, test } from '@jest/globals';
import { adviceFor } from './advice.js';

test.each([
  ['permission denied to create database', /CREATEDB/],
  ['query failed: ERROR:  permission denied for table dba_notes', /grant/],
  ['permission denied for large object 4711', /grant/],
  ['must be owner of database texas', /owner of the database/],
  ['could not open extension control file "/x/btree_gist.control": No such file', /contrib/],
  ['permission denied to create extension "btree_gist"', /CREATE EXTENSION btree_gist/],
  ['role "grafana" does not exist', /Make that role/],
  ['type "public.hstore" does not exist', /depends on/],
  ['function audit.note() does not exist', /depends on/],
  ['no such database: texas_verify_0123456789ab', /PgBouncer/],
  ['unsupported startup parameter: options', /ignore_startup_parameters/],
  ['sorry, too many clients already', /limit of connections/],
  ['could not write to file: No space left on device', /disk is full/],
  ['password authentication failed for user "texas"', /password/],
  ['connection to server at "127.0.0.1", port 1 failed: Connection refused', /can be reached/],
])('“%s” comes with what to do', (words, expected) => {
  expect(adviceFor(words)).toMatch(expected);
});

test('what is unknown comes without', () => {
  expect(adviceFor('something else')).toBeNull();
});
