import type { Knex } from 'knex';

/** Runs a raw statement and returns its rows. */
export async function queryRows<Row>(
  db: Knex,
  statement: string,
  bindings: Knex.ValueDict | readonly Knex.RawBinding[] = [],
): Promise<Row[]> {
  return (await db.raw<{ rows: Row[] }>(statement, bindings)).rows;
}
