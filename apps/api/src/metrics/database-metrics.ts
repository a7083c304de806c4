import type { AlertRepository } from '@texas-ai/alerting';
import type { Config } from '@texas-ai/config';
import { type Clock, localDate, type Temporal } from '@texas-ai/kernel';
import { type Amount, type SpendingKey, type Store, sumName } from '@texas-ai/life';
import type { SystemStats } from '@texas-ai/storage';
import { type MonitoredStore, storeQuery } from '@texas-ai/telemetry';

/** Limits the label values of per-character gauges. */
const maxCharacters = 100;
/** Long, since counting is expensive with many characters. */
const countsMaxAgeMs = 30_000;

export interface DatabaseMetricsDeps {
  config: Pick<Config, 'budget' | 'timeZone' | 'alerts'>;
  stats: SystemStats;
  store: Pick<Store, 'days' | 'ledger'>;
  alertRepository: Pick<AlertRepository, 'open'>;
  /** Ids of this installation's profile files. */
  characters: readonly string[];
  /** Minutes since midnight, local to each character; null if days are not planned automatically. */
  planningTime: number | null;
  ping(): Promise<unknown>;
  clock: Clock;
}

/** Gauges of the whole system, read from PostgreSQL. */
export function databaseMetrics(deps: DatabaseMetricsDeps): MonitoredStore {
  return {
    ping: deps.ping,
    queries: [
      generations(deps),
      days(deps),
      newestDays(deps),
      budget(deps),
      backups(deps),
      alerts(deps),
    ],
  };
}

function generations({ stats }: DatabaseMetricsDeps) {
  return storeQuery({
    gauges: {
      unfinished: {
        name: 'texas_generations_unfinished',
        help: 'Generations that are in flight, by status.',
        labelNames: ['status'],
      },
    },
    async run() {
      const unfinished = await stats.unfinished();
      return {
        unfinished: unfinished.map(({ status, count: value }) => ({ labels: { status }, value })),
      };
    },
  });
}

function days({ stats, store, planningTime, config, clock }: DatabaseMetricsDeps) {
  return storeQuery({
    maxAgeMs: countsMaxAgeMs,
    gauges: {
      characters: { name: 'texas_characters', help: 'Characters whose days are planned.' },
      withoutToday: {
        name: 'texas_characters_without_today',
        help: 'Characters without a published day for their local date.',
      },
      missing: {
        name: 'texas_characters_day_missing',
        help: 'Characters whose day is overdue.',
      },
    },
    async run() {
      const now = clock.now();
      const { dayMissingMinutes } = config.alerts;
      const [characters, withoutToday, missing] = await Promise.all([
        stats.characters(),
        store.days.charactersWithout(now),
        planningTime === null
          ? { count: 0 }
          : store.days.missing(now, planningTime, dayMissingMinutes),
      ]);
      return {
        characters: [{ value: characters }],
        withoutToday: [{ value: withoutToday }],
        missing: [{ value: missing.count }],
      };
    },
  });
}

function newestDays({ stats, characters, clock }: DatabaseMetricsDeps) {
  return storeQuery({
    gauges: {
      publishedAt: {
        name: 'texas_day_published_timestamp_seconds',
        help: 'When the newest day up to today was published, for at most 100 characters with profile files.',
        labelNames: ['character'],
      },
    },
    async run() {
      const found = await stats.publishedAt(characters.slice(0, maxCharacters), clock.now());
      return {
        publishedAt: [...found].map(([character, at]) => ({
          labels: { character },
          value: secondsOf(at),
        })),
      };
    },
  });
}

function budget({ config, store, clock }: DatabaseMetricsDeps) {
  return storeQuery({
    gauges: {
      money: {
        name: 'texas_budget_spent',
        help: 'Money spent on authors in the current budget day or month.',
        labelNames: ['period', 'currency'],
      },
      tokens: {
        name: 'texas_budget_spent_tokens',
        help: 'Tokens spent on authors in the current budget day or month.',
        labelNames: ['period'],
      },
      maxMoney: {
        name: 'texas_budget_limit',
        help: 'The cap of a day or month in money, if there is one.',
        labelNames: ['period', 'currency'],
      },
      maxTokens: {
        name: 'texas_budget_limit_tokens',
        help: 'The cap of a day or month in tokens, if there is one.',
        labelNames: ['period'],
      },
    },
    async run() {
      const { currency, everybody } = config.budget;
      const sums = currentSums(config.timeZone, clock.now());
      const spent = await store.ledger.spent(sums);
      const amountOf = (sum: SpendingKey): Amount => spent.get(sumName(sum)) ?? zero;
      return {
        money: sums.map((sum) => ({
          labels: { period: sum.period, currency },
          value: amountOf(sum).money,
        })),
        tokens: sums.map((sum) => ({
          labels: { period: sum.period },
          value: amountOf(sum).tokens,
        })),
        maxMoney: [
          ...sampleOf(everybody.dailyMoney, { period: 'day', currency }),
          ...sampleOf(everybody.monthlyMoney, { period: 'month', currency }),
        ],
        maxTokens: [
          ...sampleOf(everybody.dailyTokens, { period: 'day' }),
          ...sampleOf(everybody.monthlyTokens, { period: 'month' }),
        ],
      };
    },
  });
}

function backups({ stats }: DatabaseMetricsDeps) {
  return storeQuery({
    gauges: {
      at: {
        name: 'texas_backup_last_success_timestamp_seconds',
        help: 'When the last good backup was made.',
      },
      bytes: {
        name: 'texas_backup_last_size_bytes',
        help: 'Size of the last good backup.',
      },
      verifiedAt: {
        name: 'texas_backup_last_verified_timestamp_seconds',
        help: 'When a backup was last restored into a scratch database and found identical.',
      },
    },
    async run() {
      const { lastGoodAt, lastGoodBytes, lastVerifiedAt } = await stats.backups();
      return {
        at: sampleOf(lastGoodAt && secondsOf(lastGoodAt)),
        bytes: sampleOf(lastGoodBytes),
        verifiedAt: sampleOf(lastVerifiedAt && secondsOf(lastVerifiedAt)),
      };
    },
  });
}

function alerts({ alertRepository }: DatabaseMetricsDeps) {
  return storeQuery({
    gauges: {
      open: {
        name: 'texas_alerts_open',
        help: 'Open alerts.',
        labelNames: ['kind', 'level'],
      },
    },
    async run() {
      const counts = new Map<string, { labels: { kind: string; level: string }; value: number }>();
      for (const { kind, level } of await alertRepository.open()) {
        const name = `${kind} ${level}`;
        const value = (counts.get(name)?.value ?? 0) + 1;
        counts.set(name, { labels: { kind, level }, value });
      }
      return { open: [...counts.values()] };
    },
  });
}

const zero: Amount = { tokens: 0, money: 0 };

function currentSums(timeZone: string, now: Temporal.Instant): SpendingKey[] {
  const today = localDate(now, timeZone);
  return [
    { scope: '', period: 'day', startsOn: today.toString() },
    { scope: '', period: 'month', startsOn: today.with({ day: 1 }).toString() },
  ];
}

/** No sample for null. */
function sampleOf(value: number | null, labels: Record<string, string> = {}) {
  return value === null ? [] : [{ labels, value }];
}

function secondsOf(at: Temporal.Instant): number {
  return at.epochMilliseconds / 1000;
}
