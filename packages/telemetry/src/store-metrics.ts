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

/** Something that a store knows of the whole system. */
export interface Question<Name extends string = string> {
  /** The gauges that its answer fills, under names of the caller's own. */
  gauges: Readonly<Record<Name, StoreGauge>>;
  /** What is left out has no value now. */
  ask(): Promise<Partial<Record<Name, readonly Sample[]>>>;
  /** Milliseconds that an answer is good for, where the question is a dear one. */
  goodMs?: number;
}

export interface WatchedStore {
  /** Whether it answers at all. */
  ping(): Promise<unknown>;
  /** Each by itself: one that fails or is slow takes no other along. */
  questions: readonly Question[];
}

export function question<Name extends string>(asked: Question<Name>): Question<Name> {
  return asked;
}

/** How long an answer is good: monitors may ask as often as they like. */
const usuallyGoodMs = 10_000;
/** Sooner than a scrape gives up, which is after 10 s by default. */
const answerMs = 5_000;

/**
 * Shows what stores know of the whole system, as every process sees it: asked when the metrics are
 * read, at most every 10 s. What is not answered within 5 s has no value; `texas_store_up` is 0
 * where a store does not answer at all.
 */
export function makeStoreMetrics(
  registry: Registry,
  stores: Readonly<Record<string, WatchedStore>>,
): void {
  for (const { questions } of Object.values(stores)) {
    for (const asked of questions) showAnswers(registry, asked, asked.goodMs ?? usuallyGoodMs);
  }
  const pings = Object.entries(stores).map(([store, { ping }]) => {
    const answers = async () => {
      await ping();
      return true;
    };
    return { store, probe: makeProbe(answers, { answerMs, goodMs: usuallyGoodMs }) };
  });
  new Gauge({
    name: 'texas_store_up',
    help: '1 where a store answers, else 0.',
    labelNames: ['store'],
    registers: [registry],
    async collect() {
      const answers = await Promise.all(pings.map(({ probe }) => probe()));
      for (const [index, { store }] of pings.entries()) this.set({ store }, answers[index] ? 1 : 0);
    },
  });
}

function showAnswers(registry: Registry, asked: Question, goodMs: number): void {
  const probe = makeProbe(() => asked.ask(), { answerMs, goodMs });
  for (const [key, gauge] of Object.entries(asked.gauges)) {
    new Gauge({
      ...gauge,
      labelNames: [...(gauge.labelNames ?? [])],
      registers: [registry],
      async collect() {
        const samples = (await probe())?.[key] ?? [];
        this.reset();
        // Without labels, prom-client resets to a value of 0, which would be a lie.
        if (gauge.labelNames === undefined) this.remove();
        for (const { labels = {}, value } of samples) this.set(labels, value);
      },
    });
  }
}
