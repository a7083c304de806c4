import type { Connection } from '../database/connection.js';

// The configuration of a database and our tables in it: owners, privileges, policies, settings, limits, comments. It is
// represented by the statements that would configure a new database in the same way, so it can be compared.

export interface ConfigurationStatement {
  statement: string;
  /** Reverts it; null if setting another value replaces it. */
  undo: string | null;
}

/**
 * Privileges as statements: GRANT for each privilege beyond PostgreSQL's defaults, REVOKE for each missing default.
 * Reads from `objects`: prefix of the statements, kind for `acldefault`, object and column as the statements name
 * them, owner, access control list.
 */
const privileges = `
  actual AS (
    SELECT prefix, object, part, grantee, privilege_type, bool_or(is_grantable) AS grantable
    FROM objects CROSS JOIN LATERAL aclexplode(coalesce(acl, acldefault(kind, owner)))
    GROUP BY prefix, object, part, grantee, privilege_type),
  usual AS (
    SELECT prefix, object, part, grantee, privilege_type, is_grantable AS grantable
    FROM objects CROSS JOIN LATERAL aclexplode(acldefault(kind, owner))),
  named AS (
    SELECT true AS granted, * FROM (TABLE actual EXCEPT TABLE usual) AS more
    UNION ALL SELECT false, *, false FROM (
      SELECT prefix, object, part, grantee, privilege_type FROM usual
      EXCEPT SELECT prefix, object, part, grantee, privilege_type FROM actual) AS less),
  written AS (
    SELECT granted,
      format('%sGRANT %s%s ON %s TO %s%s', prefix, privilege_type, part, object, role,
        CASE WHEN grantable THEN ' WITH GRANT OPTION' END) AS granting,
      format('%sREVOKE %s%s ON %s FROM %s', prefix, privilege_type, part, object, role) AS revoking
    FROM named CROSS JOIN LATERAL (SELECT CASE WHEN grantee = 0 THEN 'PUBLIC'
      ELSE quote_ident(pg_get_userbyid(grantee)) END AS role) AS roles),
  privileges AS (
    SELECT CASE WHEN granted THEN granting ELSE revoking END AS statement,
      CASE WHEN granted THEN revoking ELSE granting END AS undo
    FROM written)`;

const databaseQuery = `
WITH
db AS (SELECT *, $2::text AS name FROM pg_database WHERE datname = $1),
objects AS (
  SELECT '' AS prefix, 'd'::"char" AS kind, format('DATABASE %I', name) AS object, '' AS part,
    datdba AS owner, datacl AS acl
  FROM db),
${privileges},
settings AS (
  SELECT setrole, split_part(setting, '=', 1) AS parameter,
    substr(setting, strpos(setting, '=') + 1) AS value
  FROM pg_db_role_setting JOIN db ON setdatabase = db.oid CROSS JOIN LATERAL unnest(setconfig) AS setting),
-- PostgreSQL stores lists of names quoted as in SQL, and all other values unquoted.
literals AS (
  SELECT *, CASE WHEN parameter IN ('search_path', 'session_preload_libraries',
      'local_preload_libraries', 'temp_tablespaces')
    THEN (SELECT string_agg(quote_literal(coalesce(replace(m[1], '""', '"'), lower(m[2]))), ', ')
      FROM regexp_matches(value, '"((?:[^"]|"")*)"|([^",[:space:]]+)', 'g') AS m)
    ELSE quote_literal(value) END AS literal
  FROM settings)
SELECT statement, undo FROM (
  SELECT 1 AS step, format('ALTER DATABASE %I OWNER TO %I', name, pg_get_userbyid(datdba)) AS statement,
    NULL AS undo FROM db
  UNION ALL SELECT 2, statement, undo FROM privileges
  UNION ALL SELECT 3, format('ALTER %s SET %s TO %s',
      CASE WHEN setrole = 0 THEN format('DATABASE %I', name)
        ELSE format('ROLE %I IN DATABASE %I', pg_get_userbyid(setrole), name) END,
      (SELECT string_agg(quote_ident(word), '.') FROM unnest(string_to_array(parameter, '.')) AS word),
      literal), NULL
    FROM literals CROSS JOIN db WHERE literal IS NOT NULL
  UNION ALL SELECT 4, format('COMMENT ON DATABASE %I IS %L', name, shobj_description(oid, 'pg_database')),
    NULL FROM db WHERE shobj_description(oid, 'pg_database') IS NOT NULL
  UNION ALL SELECT 5, format('SECURITY LABEL FOR %I ON DATABASE %I IS %L', provider, name, label), NULL
    FROM pg_shseclabel JOIN db ON objoid = db.oid AND classoid = 'pg_database'::regclass
  UNION ALL SELECT 6, format('ALTER DATABASE %I CONNECTION LIMIT %s', name, datconnlimit), NULL FROM db
) AS statements ORDER BY step, statement`;

const schemaQuery = `
WITH
schema AS (SELECT * FROM pg_namespace WHERE nspname = $1),
relations AS (
  SELECT pg_class.*, format('%I.%I', nspname, relname) AS name,
    CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind
  FROM pg_class JOIN schema ON relnamespace = schema.oid
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relname = ANY ($2)),
objects AS (
  SELECT '' AS prefix, 'n'::"char" AS kind, format('SCHEMA %I', nspname) AS object, '' AS part,
    nspowner AS owner, nspacl AS acl
  FROM schema
  UNION ALL SELECT '', CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", kind || ' ' || name, '',
    relowner, relacl
  FROM relations
  UNION ALL SELECT '', 'c', 'TABLE ' || name, format(' (%I)', attname), relowner, attacl
  FROM relations JOIN pg_attribute ON attrelid = relations.oid
  WHERE attacl IS NOT NULL AND NOT attisdropped
  -- Default privileges of one schema add to the defaults, those of all schemas replace them.
  UNION ALL SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s ', pg_get_userbyid(defaclrole),
      CASE WHEN defaclnamespace <> 0 THEN format(' IN SCHEMA %I', $1) END),
    CASE WHEN defaclnamespace <> 0 THEN 'c' WHEN defaclobjtype = 'S' THEN 's' ELSE defaclobjtype END::"char",
    CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
      WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END,
    '', defaclrole, defaclacl
  FROM pg_default_acl WHERE defaclnamespace = 0 OR defaclnamespace = (SELECT oid FROM schema)),
${privileges}
SELECT statement, undo FROM (
  SELECT 1 AS step, format('ALTER SCHEMA %I OWNER TO %I', nspname, pg_get_userbyid(nspowner)) AS statement,
    NULL AS undo FROM schema
  UNION ALL SELECT 2, format('ALTER %s %s OWNER TO %I', kind, name, pg_get_userbyid(relowner)), NULL
    FROM relations
    WHERE NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass
      AND objid = relations.oid AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i'))
  UNION ALL SELECT 3, statement, undo FROM privileges
  UNION ALL SELECT 4, format('CREATE POLICY %I ON %I.%I AS %s FOR %s TO %s%s%s', policyname, schemaname,
      tablename, permissive, cmd,
      (SELECT string_agg(CASE role WHEN 'public' THEN 'PUBLIC' ELSE quote_ident(role) END, ', ')
        FROM unnest(roles) AS role),
      ' USING (' || qual || ')', ' WITH CHECK (' || with_check || ')'),
    format('DROP POLICY %I ON %I.%I', policyname, schemaname, tablename)
    FROM pg_policies WHERE schemaname = $1 AND tablename = ANY ($2)
  UNION ALL SELECT 5, format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name),
    format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', name) FROM relations WHERE relrowsecurity
  UNION ALL SELECT 6, format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name),
    format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', name) FROM relations WHERE relforcerowsecurity
) AS statements ORDER BY step, statement`;

/** Returns the configuration of a database, as statements about a database named `as`. */
export async function databaseConfiguration(
  connection: Connection,
  database: string,
  as: string,
): Promise<ConfigurationStatement[]> {
  return (await connection.query<ConfigurationStatement>(databaseQuery, [database, as])).rows;
}

/** Returns the configuration of a schema and of these relations in it. */
export async function schemaConfiguration(
  connection: Connection,
  schema: string,
  relations: readonly string[],
): Promise<ConfigurationStatement[]> {
  return (await connection.query<ConfigurationStatement>(schemaQuery, [schema, relations])).rows;
}
