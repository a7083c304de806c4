import { expect, test } from '@jest/globals';
import { selectContents } from './contents.js';

/** As pg_restore lists them: number, OIDs, kind, schema, name, owner. */
const list = (schema: string) => [
  ';     dbname: texas',
  `7; 2615 2200 SCHEMA - ${schema} pg_database_owner`,
  '2; 3079 16400 EXTENSION - btree_gist ',
  '4; 3466 17456 EVENT TRIGGER - et admin',
  '244; 1255 17456 FUNCTION monitoring et() admin',
  `219; 1259 16387 TABLE ${schema} migrations my role`,
  `220; 1259 16388 TABLE ${schema} generations my role`,
  `3965; 0 0 COMMENT ${schema} TABLE generations my role`,
  `3966; 0 0 COMMENT ${schema} INDEX generations_pkey my role`,
  `3967; 0 0 ACL ${schema} TABLE generations my role`,
  `3968; 6106 17590 PUBLICATION TABLE ${schema} p generations admin`,
  '3969; 0 4711 BLOB - 4711 admin',
  `3938; 0 16387 TABLE DATA ${schema} migrations my role`,
  `3710; 1259 17334 INDEX ${schema} fuzzy my role`,
  `3778; 2606 17106 FK CONSTRAINT ${schema} generations generations_fkey my role`,
];

test.each(['public', 'DATA', 'My "app'])('the entries of the schema %s are selected', (schema) => {
  const excluded = [{ classId: 1259, objectId: 17334 }];
  expect(selectContents(list(schema), excluded)).toEqual({
    schema,
    entries: [
      `219; 1259 16387 TABLE ${schema} migrations my role`,
      `220; 1259 16388 TABLE ${schema} generations my role`,
      `3965; 0 0 COMMENT ${schema} TABLE generations my role`,
      `3938; 0 16387 TABLE DATA ${schema} migrations my role`,
      `3778; 2606 17106 FK CONSTRAINT ${schema} generations generations_fkey my role`,
    ],
  });
});

test('tables that are missing or in different schemas are reported', () => {
  const [migrations = '', generations = ''] = list('a').slice(5, 7);
  const apart = [migrations, generations.replace(' a ', ' b ')];
  expect(selectContents(apart, [])).toEqual({ missing: ['migrations', 'generations'] });
  expect(selectContents([generations], [])).toEqual({ missing: ['migrations'] });
});
