import type { Knex } from 'knex';
import type pg from 'pg';

export interface OpenConnections {
  /** Call it for each new connection of the pool. */
  add(connection: pg.Client): void;
  /** Closes the connections opened before `time`; their pending statements fail at once. */
  closeOlderThan(time: number): void;
}

/** The open connections of a pool, with the `performance.now()` at which each was opened. */
export function makeOpenConnections(): OpenConnections {
  const openedAt = new Map<pg.Client, number>();
  return {
    add(connection) {
      openedAt.set(connection, performance.now());
      connection.once('end', () => openedAt.delete(connection));
    },
    closeOlderThan(time) {
      for (const [connection, opened] of openedAt) {
        if (opened >= time) continue;
        // A graceful end would wait for a response as well.
        connection.connection.stream.destroy();
        // Knex notices the end only later and could reuse the connection until then.
        Object.assign(connection, { __knex__disposed: 'The server does not respond.' });
      }
    },
  };
}

/**
 * If a statement gets no response, not even a timeout error from the server, the server has vanished
 * without closing its connections, as in a failover. The pool would keep using them, so every connection
 * that was opened before the statement was sent is closed.
 *
 * @param silenceMs the time limit for a response (`query_timeout` of pg)
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
