import type { AlertRepository, Channel, DeliveryKey } from '@texas-ai/alerting';
import { Temporal, type Trouble } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { makeWatch, type Watch, type WatchDeps } from '../src/monitor/monitor.js';

/** What the watch sees and does, in a system whose parts a test replaces. */
export interface Watching {
  /** Stands still until it is set. */
  clock: { now: Temporal.Instant };
  pass(seconds: number): void;
  /** `raise <kind>` and `recover <kind>`. */
  told: string[];
  open: (Pick<Trouble, 'kind' | 'subject'> & { lastSeenAt?: Temporal.Instant })[];
  /** What is due whenever somebody asks, and how it was asked for. */
  waiting: DeliveryKey[];
  asked: { before: string; channels: readonly string[] | undefined }[];
  /** Titles of what channels were told. */
  sent: string[];
  logger: ReturnType<typeof makeLogSpy>;
  /** All is well, with one worker of every queue, but for these changes. */
  watchOn(changes?: Partial<WatchDeps> & { send?: Channel['send'] }): Watch;
}

export const never = () => new Promise<never>(() => undefined);
/** Queues in which nothing waits, in a Redis that takes what is written so. */
export const redisThat = (assertWritable: () => Promise<void>): WatchDeps['queues'] => ({
  assertWritable,
  oldestWaits: async () => new Map(),
  evictionPolicy: async () => null,
});
export const worker = (...queues: string[]) => ({
  id: 'w',
  startedAt: '2026-11-25T03:00:00Z',
  queues,
  activeJobs: [],
});

export function makeWatching(): Watching {
  const watching: Watching = {
    clock: { now: Temporal.Instant.from('2026-11-25T04:00:00Z') },
    pass(seconds) {
      watching.clock.now = watching.clock.now.add({ seconds });
    },
    told: [],
    open: [],
    waiting: [],
    asked: [],
    sent: [],
    logger: makeLogSpy(),
    watchOn: ({ send, ...changes } = {}) => makeWatch({ ...depsOf(watching, send), ...changes }),
  };
  return watching;
}

function depsOf(
  { clock, told, logger, sent, ...watching }: Watching,
  send?: Channel['send'],
): WatchDeps {
  const slack: Channel = {
    name: 'slack',
    pace: { messages: 1, seconds: 1 },
    async send(message, signal) {
      sent.push(message.title);
      return send ? send(message, signal) : 'ok';
    },
  };
  return {
    store: {
      days: { missing: async () => ({ count: 0, some: [] }) },
      async exclusively(_name: string, work: () => Promise<void>) {
        await work();
        return true;
      },
    } as unknown as WatchDeps['store'],
    alertRepository: alertsOf(watching),
    alerts: {
      raise: async ({ kind }: Trouble) => void told.push(`raise ${kind}`),
      recover: async ({ kind }: Pick<Trouble, 'kind'>) => void told.push(`recover ${kind}`),
    },
    routes: [],
    delivering: {
      channels: [slack],
      takePlace: async () => 0,
      redact: (text: string) => text,
      logger,
    },
    fleet: { workers: async () => [worker('days', 'alerts')] },
    queues: redisThat(async () => undefined),
    clock: { now: () => clock.now },
    logger,
    limits: {
      queueWaitSeconds: 1800,
      noWorkerSeconds: 60,
      dayMissingMinutes: 60,
      watchSeconds: 15,
    },
    planningTime: 240,
    answerMs: 20,
  };
}

function alertsOf({ open, asked, waiting }: Pick<Watching, 'open' | 'asked' | 'waiting'>) {
  return {
    open: async () =>
      open.map((alert) => ({ lastSeenAt: Temporal.Instant.fromEpochMilliseconds(0), ...alert })),
    async due(before: Temporal.Instant, _limit: number, channels?: readonly string[]) {
      asked.push({ before: before.toString(), channels });
      return waiting.map((each) => ({ ...each, tries: 0 }));
    },
    assertWritable: async () => undefined,
    claim: async (key: DeliveryKey) => ({ ...key, tries: 1, alert: { title: key.alertId } }),
    sent: async () => undefined,
    failed: async () => undefined,
  } as unknown as AlertRepository;
}
