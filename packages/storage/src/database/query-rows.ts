import { TexasError } from '@texas-ai/kernel';
import type { Knex } from 'knex';
import pg from 'pg';

/** The names of the prepared statements, by their text; emptied to prepare all of them again. */
const names = new Map<string, string>();
let prepared = 0;

/** A statement whose text is new each time must not use up the memory of the server. */
const maxStatements = 200;

function nameOf(statement: string): string | undefined {
  const known = names.get(statement);
  if (known !== undefined || names.size === maxStatements) return known;
  const name = `texas-${++prepared}`;
  names.set(statement, name);
  return name;
}

/** Whether a migration changed the type of a column after the statement was prepared. */
function isOutdatedPlan(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.routine === 'RevalidateCachedQuery';
}

/**
 * Runs a raw statement and returns its rows. Each connection prepares it once, since planning a long
 * statement takes PostgreSQL as much time as running it: values belong in `bindings`, not in the text.
 */
export async function queryRows<Row>(
  db: Knex,
  statement: string,
  bindings: Knex.ValueDict | readonly Knex.RawBinding[] = [],
): Promise<Row[]> {
  const run = async () => {
    const name = nameOf(statement);
    const query = db.raw<{ rows: Row[] }>(statement, bindings);
    return (await (name === undefined ? query : query.options({ name }))).rows;
  };
  try {
    return await run();
  } catch (error) {
    if (!isOutdatedPlan(error)) throw error;
    names.clear();
    if (!db.isTransaction) return run();
    throw new TexasError('storage_unavailable', 'A migration interrupted the transaction.', {
      cause: error,
    });
  }
}
