import { Gauge, type Registry } from 'prom-client';
import { makeProbe } from './probe.js';

/** A value of a gauge for its labels. */
export interface Sample {
  labels?: Readonly<Record<string, string>>;
  value: number;
}

export interface StoreGauge {
  name: string;
  help: string;
  labelNames?: readonly string[];
}

/** A query for values that concern the whole system. */
export interface StoreQuery<Name extends string = string> {
  /** The gauges that the result sets, by key. */
  gauges: Readonly<Record<Name, StoreGauge>>;
  /** A gauge without a key in the result has no value. */
  run(): Promise<Partial<Record<Name, readonly Sample[]>>>;
  /** How long to reuse a result; 10 s by default, longer for an expensive query. */
  maxAgeMs?: number;
}

export interface MonitoredStore {
  /** Rejects if the store is unavailable. */
  ping(): Promise<unknown>;
  /** Independent of each other, also when one fails or is slow. */
  queries: readonly StoreQuery[];
}

export function storeQuery<Name extends string>(query: StoreQuery<Name>): StoreQuery<Name> {
  return query;
}

/** Limits the queries of frequent scrapes. */
const defaultMaxAgeMs = 10_000;
/** Shorter than the default timeout of a scrape, 10 s. */
const timeoutMs = 5_000;

/**
 * Exposes values of the whole system. Queries run when the metrics are read, by default at most every
 * 10 s. A result that takes longer than 5 s is left out. `texas_store_up` is 0 for an unavailable store.
 */
export function makeStoreMetrics(
  registry: Registry,
  stores: Readonly<Record<string, MonitoredStore>>,
): void {
  for (const { queries } of Object.values(stores)) {
    for (const query of queries) exposeQuery(registry, query);
  }
  const probes = Object.entries(stores).map(([store, { ping }]) => {
    const check = async () => {
      await ping();
      return true;
    };
    return { store, probe: makeProbe(check, { timeoutMs, maxAgeMs: defaultMaxAgeMs }) };
  });
  new Gauge({
    name: 'texas_store_up',
    help: '1 if the store is available, else 0.',
    labelNames: ['store'],
    registers: [registry],
    async collect() {
      const set = async ({ store, probe }: (typeof probes)[number]) =>
        this.set({ store }, (await probe()) ? 1 : 0);
      await Promise.all(probes.map(set));
    },
  });
}

function exposeQuery(
  registry: Registry,
  { run, gauges, maxAgeMs = defaultMaxAgeMs }: StoreQuery,
): void {
  const probe = makeProbe(run, { timeoutMs, maxAgeMs });
  for (const [key, gauge] of Object.entries(gauges)) {
    new Gauge({
      ...gauge,
      labelNames: [...(gauge.labelNames ?? [])],
      registers: [registry],
      async collect() {
        const samples = (await probe())?.[key] ?? [];
        this.reset();
        // Without labels, prom-client resets the value to 0 instead of removing it.
        if (gauge.labelNames === undefined) this.remove();
        for (const { labels = {}, value } of samples) this.set(labels, value);
      },
    });
  }
}
