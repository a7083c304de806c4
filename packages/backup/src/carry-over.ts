import pg from 'pg';
import { type Connection, withConnection } from './connection.js';
import { databaseNameOf } from './connection-environment.js';
import { databaseTraits, schemaTraits, type Trait } from './traits.js';

export interface CarryOver {
  /** URL of the database that is to be replaced. */
  from: string;
  /** URL of the one that takes its place. */
  to: string;
  schema: string;
  signal: AbortSignal;
}

/**
 * Configures a restored database like the one it replaces: owners, privileges, policies, settings, limits,
 * comments. Returns the statements that are still missing, because the role may not run them, as they are to
 * be run after the swap; none if both databases are configured alike.
 */
export async function carryOver({ from, to, schema, signal }: CarryOver): Promise<string[]> {
  const live = databaseNameOf(from);
  const restored = databaseNameOf(to);
  const work = async (old: Connection, connection: Connection) => {
    const relations = await relationsOf(connection, schema);
    const wanted = await schemaTraits(old, schema, relations);
    const found = () => schemaTraits(connection, schema, relations);
    await applySteps(connection, wanted, await found());
    await applySteps(
      connection,
      await databaseTraits(connection, live, restored),
      await databaseTraits(connection, restored, restored),
    );
    return [
      ...stepsTo(wanted, await found()),
      ...stepsTo(
        await databaseTraits(connection, live, live),
        await databaseTraits(connection, restored, live),
      ),
    ];
  };
  return withConnection(
    from,
    signal,
    (old, signal) => withConnection(to, signal, (connection) => work(old, connection), { schema }),
    { schema },
  );
}

async function relationsOf(connection: Connection, schema: string): Promise<string[]> {
  const { rows } = await connection.query<{ name: string }>(
    `SELECT relname::text AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname = $1 AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`,
    [schema],
  );
  return rows.map(({ name }) => name);
}

/** Runs the statements that lead from one state to another, as far as this role may. */
async function applySteps(
  connection: Connection,
  wanted: readonly Trait[],
  found: readonly Trait[],
): Promise<void> {
  for (const statement of stepsTo(wanted, found)) {
    try {
      await connection.query(statement);
    } catch (failure) {
      // A statement that PostgreSQL refuses is found missing afterwards.
      if (!(failure instanceof pg.DatabaseError)) throw failure;
    }
  }
}

/** Returns the statements that lead from one state to another. */
function stepsTo(wanted: readonly Trait[], found: readonly Trait[]): string[] {
  const without = (some: readonly Trait[], others: readonly Trait[]) => {
    const statements = new Set(others.map(({ statement }) => statement));
    return some.filter(({ statement }) => !statements.has(statement));
  };
  return [
    ...without(found, wanted).flatMap(({ undo }) => undo ?? []),
    ...without(wanted, found).map(({ statement }) => statement),
  ];
}
