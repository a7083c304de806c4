import { Gauge, type Registry } from 'prom-client';
import { makeProbe } from './probe.js';

/** A value of a gauge, under its labels. */
export interface Sample {
  labels?: Readonly<Record<string, string>>;
  value: number;
}

export interface StoreGauge {
  name: string;
  help: string;
  labelNames?: readonly string[];
}

/** A store that can be asked for the state of the whole system. */
export interface WatchedStore<Name extends string = string> {
  /** The gauges that its answer fills, under names of the caller's own. */
  gauges: Readonly<Record<Name, StoreGauge>>;
  /** Everything at once; what is left out has no value now. */
  ask(): Promise<Partial<Record<Name, readonly Sample[]>>>;
}

export function watchedStore<Name extends string>(store: WatchedStore<Name>): WatchedStore<Name> {
  return store;
}

/** How long an answer is good: monitors may ask as often as they like. */
const goodMs = 10_000;
/** Sooner than a scrape gives up, which is after 10 s by default. */
const answerMs = 5_000;

/**
 * Shows what stores know of the whole system, as every process sees it: asked when the metrics are
 * read, at most every 10 s. Where a store does not answer within 5 s its gauges have no value, and
 * `texas_store_up` is 0.
 */
export function makeStoreMetrics(
  registry: Registry,
  stores: Readonly<Record<string, WatchedStore>>,
  { answerGoodMs = goodMs }: { answerGoodMs?: number } = {},
): void {
  const registers = [registry];
  const probes = Object.entries(stores).map(([name, store]) => {
    const probe = makeProbe(() => store.ask(), { answerMs, goodMs: answerGoodMs });
    for (const [key, gauge] of Object.entries(store.gauges)) {
      new Gauge({
        ...gauge,
        labelNames: [...(gauge.labelNames ?? [])],
        registers,
        async collect() {
          const samples = (await probe())?.[key] ?? [];
          this.reset();
          // Without labels, prom-client resets to a value of 0, which would be a lie.
          if (gauge.labelNames === undefined) this.remove();
          for (const { labels = {}, value } of samples) this.set(labels, value);
        },
      });
    }
    return { name, probe };
  });
  new Gauge({
    name: 'texas_store_up',
    help: '1 where a store answered the questions behind the metrics of the whole system, else 0.',
    labelNames: ['store'],
    registers,
    async collect() {
      const answers = await Promise.all(probes.map(({ probe }) => probe()));
      for (const [index, { name }] of probes.entries()) {
        this.set({ store: name }, answers[index] === undefined ? 0 : 1);
      }
    },
  });
}
