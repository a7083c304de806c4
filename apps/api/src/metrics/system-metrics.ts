import type { AlertRepository } from '@texas-ai/alerting';
import type { Fleet, Queues } from '@texas-ai/jobs';
import { type Clock, localDate, type Temporal } from '@texas-ai/kernel';
import { type Amount, type SpendingKey, type Store, sumName } from '@texas-ai/life';
import type { SystemFigures } from '@texas-ai/storage';
import { watchedStore } from '@texas-ai/telemetry';
import type { ApiConfig } from '../deps.js';

/** Characters whose days are shown one by one; of more there are sums alone. */
const mostCharacters = 100;

export interface SystemMetricsDeps {
  config: Pick<ApiConfig, 'budget' | 'timeZone' | 'alerts'>;
  figures: SystemFigures;
  store: Pick<Store, 'days' | 'ledger'>;
  alertRepository: Pick<AlertRepository, 'open'>;
  /** Ids of this installation's profile files. */
  characters: readonly string[];
  /** The planning time, local to each character; null where days are not planned by themselves. */
  planningTime: number | null;
  clock: Clock;
}

/** What PostgreSQL knows of the whole system. */
export function databaseMetrics(deps: SystemMetricsDeps) {
  const { config, figures, store, alertRepository, characters, clock } = deps;
  return watchedStore({
    gauges: {
      unfinished: {
        name: 'texas_generations_unfinished',
        help: 'Generations that are in flight, by status.',
        labelNames: ['status'],
      },
      characters: { name: 'texas_characters', help: 'Characters whose days are looked after.' },
      withoutToday: {
        name: 'texas_characters_without_today',
        help: 'Characters without a published day for what is today where they live.',
      },
      missing: {
        name: 'texas_characters_day_missing',
        help: 'Characters whose day is missing although it should have been there for some time.',
      },
      publishedAt: {
        name: 'texas_day_published_timestamp_seconds',
        help: 'When the newest day was published, of up to 100 characters of the profile files.',
        labelNames: ['character'],
      },
      spentMoney: {
        name: 'texas_budget_spent',
        help: 'Money that authors cost everybody in this day or month of the budget.',
        labelNames: ['period', 'currency'],
      },
      spentTokens: {
        name: 'texas_budget_spent_tokens',
        help: 'Tokens that authors took for everybody in this day or month of the budget.',
        labelNames: ['period'],
      },
      mostMoney: {
        name: 'texas_budget_limit',
        help: 'The cap of a day or month in money, where there is one.',
        labelNames: ['period', 'currency'],
      },
      mostTokens: {
        name: 'texas_budget_limit_tokens',
        help: 'The cap of a day or month in tokens, where there is one.',
        labelNames: ['period'],
      },
      backupAt: {
        name: 'texas_backup_last_success_timestamp_seconds',
        help: 'When the last good backup was made.',
      },
      backupBytes: {
        name: 'texas_backup_last_size_bytes',
        help: 'Size of the last good backup.',
      },
      verifiedAt: {
        name: 'texas_backup_last_verified_timestamp_seconds',
        help: 'When a backup was last restored into a scratch database and found the same.',
      },
      alerts: {
        name: 'texas_alerts_open',
        help: 'Troubles that last, as operators were warned of them.',
        labelNames: ['kind', 'level'],
      },
    },
    async ask() {
      const now = clock.now();
      const { currency, everybody } = config.budget;
      const sums = sumsOfEverybody(config.timeZone, now);
      const [unfinished, count, withoutToday, missing, publishedAt, spent, backups, open] =
        await Promise.all([
          figures.unfinished(),
          figures.characters(),
          store.days.charactersWithout(now),
          missingDays(deps, now),
          figures.publishedAt(characters.slice(0, mostCharacters)),
          store.ledger.spent(sums),
          figures.backups(),
          alertRepository.open(),
        ]);
      const amountOf = (sum: SpendingKey): Amount => spent.get(sumName(sum)) ?? nothing;
      return {
        unfinished: unfinished.map(({ status, count: value }) => ({ labels: { status }, value })),
        characters: [{ value: count }],
        withoutToday: [{ value: withoutToday }],
        missing: [{ value: missing }],
        publishedAt: [...publishedAt].map(([character, at]) => ({
          labels: { character },
          value: secondsOf(at),
        })),
        spentMoney: sums.map((sum) => ({
          labels: { period: sum.period, currency },
          value: amountOf(sum).money,
        })),
        spentTokens: sums.map((sum) => ({
          labels: { period: sum.period },
          value: amountOf(sum).tokens,
        })),
        mostMoney: [
          ...cap({ period: 'day', currency }, everybody.dailyMoney),
          ...cap({ period: 'month', currency }, everybody.monthlyMoney),
        ],
        mostTokens: [
          ...cap({ period: 'day' }, everybody.dailyTokens),
          ...cap({ period: 'month' }, everybody.monthlyTokens),
        ],
        backupAt: instant(backups.lastGoodAt),
        backupBytes: cap({}, backups.lastGoodBytes),
        verifiedAt: instant(backups.lastVerifiedAt),
        alerts: countsOf(open),
      };
    },
  });
}

/** What Redis knows of it. */
export function redisMetrics({
  fleet,
  queues,
  ping,
  clock,
}: {
  fleet: Pick<Fleet, 'workers'>;
  queues: Pick<Queues, 'counts' | 'oldestWaits'>;
  ping(): Promise<void>;
  clock: Clock;
}) {
  return watchedStore({
    gauges: {
      jobs: {
        name: 'texas_queue_jobs',
        help: 'Jobs of each queue, by state.',
        labelNames: ['queue', 'state'],
      },
      oldest: {
        name: 'texas_queue_oldest_waiting_seconds',
        help: 'How long the oldest job of each queue has waited that could be begun.',
        labelNames: ['queue'],
      },
      workers: { name: 'texas_workers', help: 'Worker processes that are alive.' },
    },
    async ask() {
      await ping();
      const [counts, oldest, workers] = await Promise.all([
        queues.counts(),
        queues.oldestWaits(clock.now()),
        fleet.workers(),
      ]);
      return {
        jobs: [...counts].flatMap(([queue, states]) =>
          Object.entries(states).map(([state, value]) => ({ labels: { queue, state }, value })),
        ),
        oldest: [...oldest].map(([queue, value]) => ({ labels: { queue }, value })),
        workers: [{ value: workers.length }],
      };
    },
  });
}

const nothing: Amount = { tokens: 0, money: 0 };

function sumsOfEverybody(timeZone: string, now: Temporal.Instant): SpendingKey[] {
  const today = localDate(now, timeZone);
  return [
    { scope: '', period: 'day', startsOn: today.toString() },
    { scope: '', period: 'month', startsOn: today.with({ day: 1 }).toString() },
  ];
}

async function missingDays(
  { store, config, planningTime }: SystemMetricsDeps,
  now: Temporal.Instant,
): Promise<number> {
  if (planningTime === null) return 0;
  return (await store.days.missing(now, planningTime, config.alerts.dayMissingMinutes)).count;
}

function countsOf(open: readonly { kind: string; level: string }[]) {
  const counts = new Map<string, { labels: { kind: string; level: string }; value: number }>();
  for (const { kind, level } of open) {
    const name = `${kind} ${level}`;
    counts.set(name, { labels: { kind, level }, value: (counts.get(name)?.value ?? 0) + 1 });
  }
  return [...counts.values()];
}

function cap(labels: Record<string, string>, value: number | null) {
  return value === null ? [] : [{ labels, value }];
}

function instant(at: Temporal.Instant | null) {
  return at === null ? [] : [{ value: secondsOf(at) }];
}

function secondsOf(at: Temporal.Instant): number {
  return at.epochMilliseconds / 1000;
}
