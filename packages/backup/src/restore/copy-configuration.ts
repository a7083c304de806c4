import pg from 'pg';
import { type Connection, withConnection } from '../database/connection.js';
import { databaseNameOf } from '../database/libpq-environment.js';
import { without } from '../without.js';
import {
  type ConfigurationStatement,
  databaseConfiguration,
  schemaConfiguration,
} from './configuration.js';

export interface CopyConfigurationOptions {
  /** URL of the database to be replaced. */
  from: string;
  /** URL of its replacement. */
  to: string;
  schema: string;
  signal: AbortSignal;
}

/**
 * Configures a restored database like the one it replaces: owners, privileges, policies, settings, limits, comments.
 * Returns the statements that the role may not run, in the form to be run after the swap.
 */
export async function copyConfiguration({
  from,
  to,
  schema,
  signal,
}: CopyConfigurationOptions): Promise<string[]> {
  const live = databaseNameOf(from);
  const restored = databaseNameOf(to);
  const copy = async (old: Connection, connection: Connection) => {
    const relations = await relationsOf(connection, schema);
    const wanted = await schemaConfiguration(old, schema, relations);
    const found = () => schemaConfiguration(connection, schema, relations);
    await applyStatements(connection, wanted, await found());
    await applyStatements(
      connection,
      await databaseConfiguration(connection, live, restored),
      await databaseConfiguration(connection, restored, restored),
    );
    return [
      ...statementsTo(wanted, await found()),
      ...statementsTo(
        await databaseConfiguration(connection, live, live),
        await databaseConfiguration(connection, restored, live),
      ),
    ];
  };
  return withConnection(
    from,
    signal,
    (old, signal) => withConnection(to, signal, (connection) => copy(old, connection), { schema }),
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

/** Runs the statements that lead from one state to another, except those that PostgreSQL rejects. */
async function applyStatements(
  connection: Connection,
  wanted: readonly ConfigurationStatement[],
  found: readonly ConfigurationStatement[],
): Promise<void> {
  for (const statement of statementsTo(wanted, found)) {
    try {
      await connection.query(statement);
    } catch (failure) {
      // The caller compares again and finds a rejected statement missing.
      if (!(failure instanceof pg.DatabaseError)) throw failure;
    }
  }
}

/** Returns the statements that lead from one state to another. */
function statementsTo(
  wanted: readonly ConfigurationStatement[],
  found: readonly ConfigurationStatement[],
): string[] {
  const statementOf = ({ statement }: ConfigurationStatement) => statement;
  return [
    ...without(found, wanted, statementOf).flatMap(({ undo }) => undo ?? []),
    ...without(wanted, found, statementOf).map(statementOf),
  ];
}
