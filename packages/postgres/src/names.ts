import pg from 'pg';

interface Result {
  rows: { schema: string | null }[];
}

/** A connection of pg, or a pool or transaction of knex. */
type Queryable = Pick<pg.Client, 'query'> | { raw(sql: string): PromiseLike<Result> };

/** Returns the schema that statements run in; null if the role's `search_path` leads to none. */
export async function schemaOf(database: Queryable): Promise<string | null> {
  const sql = 'SELECT pg_catalog.current_schema()::text AS schema';
  const { rows }: Result = await ('raw' in database ? database.raw(sql) : database.query(sql));
  return rows[0]?.schema ?? null;
}

/** Returns the name as an SQL identifier, always in double quotes. */
export function quoteIdentifier(name: string): string {
  return pg.escapeIdentifier(name);
}
