import { TexasError } from '@texas-ai/kernel';
import type { Connection } from './connection.js';

// An administrator may keep other objects in the same database: extensions, publications, schemas, tables. These
// foreign objects, and everything in our schema that depends on them, are not part of a backup.

/** The extension that our constraints require. */
export const requiredExtension = 'btree_gist';

export async function hasRequiredExtension(connection: Connection): Promise<boolean> {
  const { rows } = await connection.query('SELECT FROM pg_extension WHERE extname = $1', [
    requiredExtension,
  ]);
  return rows.length > 0;
}

/** All tables that the migrations create: a backup must include each that exists. */
export const ownTables: readonly string[] = [
  'alert_deliveries',
  'alerts',
  'api_keys',
  'author_calls',
  'author_holds',
  'backups',
  'chapters',
  'characters',
  'days',
  'experiences',
  'generations',
  'idempotency_keys',
  'interactions',
  'major_events',
  'migrations',
  'migrations_lock',
  'schedule_items',
  'spending',
  'spending_shards',
];

/** An object of the database that backups leave out. */
export interface ForeignObject {
  /** OIDs of its system catalog and of the object, as in the table of contents of a dump. */
  classId: number;
  objectId: number;
  /** As PostgreSQL describes it: `table dba_notes`. */
  description: string;
  /** Its quoted name with the schema, if it is a relation in our schema. */
  relation: string | null;
}

/**
 * Returns all foreign objects of the database. In the connection's schema these are objects of other roles, and objects
 * that depend on something outside of the schema. A table is ours if the role owns it or may read and write it, since
 * another role may run the migrations.
 */
export async function findForeignObjects(connection: Connection): Promise<ForeignObject[]> {
  const { rows } = await connection.query<ForeignObject>(foreignObjectsQuery, [
    ['plpgsql', requiredExtension],
  ]);
  return rows.map((row) => ({
    ...row,
    classId: Number(row.classId),
    objectId: Number(row.objectId),
  }));
}

/**
 * Throws `backup_failed` if a table of Texas AI, or a sequence of one, would be left out: it belongs to another role,
 * for example the one that ran the migrations, and this role may not read and write it.
 */
export async function assertOwnTablesIncluded(
  connection: Connection,
  foreign: readonly ForeignObject[],
): Promise<void> {
  const { rows } = await connection.query<{ name: string; fix: string }>(inaccessibleQuery, [
    foreign.flatMap(({ relation, objectId }) => (relation ? [objectId] : [])),
    ownTables,
  ]);
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => name).join(', ');
  throw new TexasError(
    'backup_failed',
    `The backup would not contain these tables of Texas AI, which belong to another role: ${names}. As their owner or a superuser, in this database: ${rows.map(({ fix }) => fix).join(' ')}`,
    { details: { relations: rows.map(({ name }) => name) } },
  );
}

const inaccessibleQuery = `
SELECT relation.relname AS name,
  format(CASE relation.relkind WHEN 'S' THEN 'GRANT USAGE, SELECT ON SEQUENCE %I.%I TO %I;'
    WHEN 'r' THEN 'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %I.%I TO %I;'
    ELSE 'ALTER TABLE %I.%I OWNER TO %I;' END,
    current_schema(), relation.relname, current_user) AS fix
FROM pg_class AS relation
  LEFT JOIN pg_depend ON classid = 'pg_class'::regclass AND objid = relation.oid
    AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')
  LEFT JOIN pg_class AS whole ON whole.oid = refobjid
WHERE relation.oid = ANY ($1::oid[])
  AND (relation.relname = ANY ($2) OR relation.relkind = 'S' AND whole.relname = ANY ($2))
ORDER BY relation.relname`;

const foreignObjectsQuery = `
WITH RECURSIVE
schema AS (SELECT oid FROM pg_namespace WHERE nspname = current_schema()),
-- Roles that own our objects.
ours AS (
  SELECT oid FROM pg_roles WHERE pg_has_role(oid, 'USAGE')
  UNION SELECT relowner FROM pg_class JOIN schema ON relnamespace = schema.oid
    WHERE relname = 'migrations' AND relkind = 'r'),
members AS (
  SELECT classid, objid, extname IN (SELECT unnest($1::text[])) AS of_ours
  FROM pg_depend JOIN pg_extension ON refclassid = 'pg_extension'::regclass AND refobjid = pg_extension.oid
  WHERE deptype = 'e'),
relations AS (
  SELECT pg_class.oid, relkind,
    relowner IN (SELECT oid FROM ours)
      OR (relkind IN ('r', 'p') AND has_table_privilege(pg_class.oid, 'SELECT')
        AND has_table_privilege(pg_class.oid, 'INSERT'))
      OR (relkind = 'S' AND has_sequence_privilege(pg_class.oid, 'USAGE')
        AND has_sequence_privilege(pg_class.oid, 'SELECT')) AS ours
  FROM pg_class JOIN schema ON relnamespace = schema.oid
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')),
found (classid, objid) AS (
  (SELECT 'pg_extension'::regclass::oid, oid FROM pg_extension WHERE extname <> ALL ($1)
    UNION ALL SELECT 'pg_namespace'::regclass, oid FROM pg_namespace
      WHERE oid NOT IN (SELECT oid FROM schema) AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    UNION ALL SELECT 'pg_class'::regclass, oid FROM relations WHERE NOT ours
    UNION ALL SELECT 'pg_proc'::regclass, pg_proc.oid FROM pg_proc JOIN schema ON pronamespace = schema.oid
      WHERE proowner NOT IN (SELECT oid FROM ours)
    UNION ALL SELECT 'pg_type'::regclass, pg_type.oid FROM pg_type JOIN schema ON typnamespace = schema.oid
      WHERE typrelid = 0 AND typelem = 0 AND typowner NOT IN (SELECT oid FROM ours)
    UNION ALL SELECT 'pg_publication'::regclass, oid FROM pg_publication
    UNION ALL SELECT 'pg_subscription'::regclass, oid FROM pg_subscription
      WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    UNION ALL SELECT 'pg_event_trigger'::regclass, oid FROM pg_event_trigger
    UNION ALL SELECT 'pg_foreign_server'::regclass, oid FROM pg_foreign_server
    -- One represents all of them: there may be millions.
    UNION ALL SELECT 'pg_largeobject'::regclass, min(oid) FROM pg_largeobject_metadata HAVING count(*) > 0)
  UNION
  SELECT next.classid, next.objid
  FROM found CROSS JOIN LATERAL (
    -- Objects that depend on it, and objects that it is an internal part of, like a rule of its view.
    SELECT classid, objid FROM pg_depend
      WHERE refclassid = found.classid AND refobjid = found.objid
    UNION ALL SELECT refclassid, refobjid FROM pg_depend
      WHERE classid = found.classid AND objid = found.objid AND deptype = 'i') AS next
  WHERE (next.classid, next.objid) NOT IN (SELECT classid, objid FROM members WHERE of_ours)
    AND NOT (next.classid = 'pg_extension'::regclass
      AND next.objid IN (SELECT oid FROM pg_extension WHERE extname = ANY ($1)))
    -- Our own tables are never left out.
    AND NOT (next.classid = 'pg_class'::regclass
      AND next.objid IN (SELECT oid FROM relations WHERE ours AND relkind IN ('r', 'p', 'S')))
    AND next.classid <> 'pg_namespace'::regclass)
SELECT found.classid::bigint AS "classId", found.objid::bigint AS "objectId",
  CASE WHEN found.classid = 'pg_largeobject'::regclass THEN 'large objects'
    ELSE pg_describe_object(found.classid, found.objid, 0) END AS description,
  (SELECT format('%I.%I', current_schema(), relname) FROM pg_class JOIN relations USING (oid)
    WHERE found.classid = 'pg_class'::regclass AND oid = found.objid) AS relation
FROM found
  CROSS JOIN LATERAL pg_identify_object(found.classid, found.objid, 0) AS object
  CROSS JOIN LATERAL pg_identify_object_as_address(found.classid, found.objid, 0) AS address
-- Objects of other schemas and parts of other objects are implied by their schema or whole.
WHERE (found.classid IN ('pg_extension'::regclass, 'pg_namespace'::regclass, 'pg_publication'::regclass,
    'pg_subscription'::regclass, 'pg_event_trigger'::regclass, 'pg_foreign_server'::regclass,
    'pg_largeobject'::regclass)
    OR coalesce(object.schema, quote_ident(address.object_names[1])) = quote_ident(current_schema()))
  AND (found.classid, found.objid) NOT IN (SELECT classid, objid FROM members)
  -- The sequence of a column is such a part, but must be excluded from the dump by name.
  AND (found.classid = 'pg_class'::regclass AND found.objid IN (SELECT oid FROM relations) OR NOT EXISTS (
    SELECT FROM pg_depend JOIN found AS whole ON refclassid = whole.classid AND refobjid = whole.objid
    WHERE pg_depend.classid = found.classid AND pg_depend.objid = found.objid AND deptype IN ('a', 'i')))
  AND NOT (found.classid = 'pg_namespace'::regclass AND object.name = 'public' AND NOT EXISTS (
    SELECT FROM pg_class WHERE relnamespace = found.objid))
ORDER BY description`;
