import type { Knex } from 'knex';
import type pg from 'pg';

export interface OpenConnections {
  /** For each connection that the pool makes. */
  note(connection: pg.Client): void;
  /** Closes those of before then; what waits for their answers fails at once. */
  closeOlderThan(time: number): void;
}

/** The connections of a pool, and since when: milliseconds of `performance.now()`. */
export function makeOpenConnections(): OpenConnections {
  const since = new Map<pg.Client, number>();
  return {
    note(connection) {
      since.set(connection, performance.now());
      connection.once('end', () => since.delete(connection));
    },
    closeOlderThan(time) {
      for (const [connection, made] of since) {
        if (made >= time) continue;
        // A farewell would wait for an answer as well.
        connection.connection.stream.destroy();
        // Knex would learn of it only in a moment, and give it to somebody until then.
        Object.assign(connection, { __knex__disposed: 'It does not answer.' });
      }
    },
  };
}

/**
 * Where a statement had no answer at all, not even that it took too long, the server is gone without a
 * word, as after a failover. The pool would go on with its connections for ever: they are closed, but
 * for those that were made since the statement was sent.
 *
 * @param silenceMs how long an answer is waited for (`query_timeout` of pg)
 */
export function closeDeadConnections(
  database: Knex,
  connections: OpenConnections,
  silenceMs: number,
): void {
  database.on('query-error', (error: Error) => {
    if (error.message.endsWith('Query read timeout')) {
      connections.closeOlderThan(performance.now() - silenceMs);
    }
  });
}
