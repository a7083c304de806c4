import { Gauge, type Registry } from 'prom-client';

export interface PoolUse {
  used: number;
  free: number;
  /** Queries waiting for a connection. */
  waiting: number;
  /** Connections. */
  max: number;
}

/** Exposes the state of the connection pool for PostgreSQL. */
export function makePoolMetrics(registry: Registry, use: () => PoolUse): void {
  const registers = [registry];
  new Gauge({
    name: 'texas_database_pool_connections',
    help: 'Connections to PostgreSQL, in use or free.',
    labelNames: ['state'],
    registers,
    collect() {
      const { used, free } = use();
      this.set({ state: 'used' }, used);
      this.set({ state: 'free' }, free);
    },
  });
  new Gauge({
    name: 'texas_database_pool_waiting_queries',
    help: 'Queries waiting for a connection to PostgreSQL.',
    registers,
    collect() {
      this.set(use().waiting);
    },
  });
  new Gauge({
    name: 'texas_database_pool_max_connections',
    help: 'Maximum number of connections to PostgreSQL.',
    registers,
    collect() {
      this.set(use().max);
    },
  });
}
