import type { AlertRepository, Channel, DeliveryKey } from '@texas-ai/alerting';
import { type AlertCondition, Temporal } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { type Monitor, type MonitorDeps, makeMonitor } from '../src/monitor/monitor.js';

/** A monitor on fakes that a test may replace, with a record of what it did. */
export interface MonitorHarness {
  /** Fixed until set. */
  clock: { now: Temporal.Instant };
  pass(seconds: number): void;
  /** `raise <kind>` and `recover <kind>`. */
  reported: string[];
  open: (Pick<AlertCondition, 'kind' | 'subject'> & { lastSeenAt?: Temporal.Instant })[];
  /** The due deliveries, and the arguments of each `due` call. */
  waiting: DeliveryKey[];
  dueCalls: { before: string; channels: readonly string[] | undefined }[];
  /** Titles of the sent messages. */
  sent: string[];
  logger: ReturnType<typeof makeLogSpy>;
  /** A monitor of a healthy system with one worker, with these deps replaced. */
  monitorWith(changes?: Partial<MonitorDeps> & { send?: Channel['send'] }): Monitor;
}

export const never = () => new Promise<never>(() => undefined);
/** Empty queues in a Redis with this `assertWritable`. */
export const queuesWith = (assertWritable: () => Promise<void>): MonitorDeps['queues'] => ({
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

export function makeMonitorHarness(): MonitorHarness {
  const harness: MonitorHarness = {
    clock: { now: Temporal.Instant.from('2026-11-25T04:00:00Z') },
    pass(seconds) {
      harness.clock.now = harness.clock.now.add({ seconds });
    },
    reported: [],
    open: [],
    waiting: [],
    dueCalls: [],
    sent: [],
    logger: makeLogSpy(),
    monitorWith: ({ send, ...changes } = {}) =>
      makeMonitor({ ...depsOf(harness, send), ...changes }),
  };
  return harness;
}

function depsOf(
  { clock, reported, logger, sent, ...harness }: MonitorHarness,
  send?: Channel['send'],
): MonitorDeps {
  const slack: Channel = {
    name: 'slack',
    rateLimit: { messages: 1, seconds: 1 },
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
    } as unknown as MonitorDeps['store'],
    alertRepository: alertsOf(harness),
    alerts: {
      raise: async ({ kind }: AlertCondition) => void reported.push(`raise ${kind}`),
      recover: async ({ kind }: Pick<AlertCondition, 'kind'>) =>
        void reported.push(`recover ${kind}`),
    },
    routes: [],
    delivering: {
      channels: [slack],
      acquire: async () => 0,
      redact: (text: string) => text,
      logger,
    },
    fleet: { workers: async () => [worker('days', 'alerts')] },
    queues: queuesWith(async () => undefined),
    clock: { now: () => clock.now },
    logger,
    limits: {
      queueWaitSeconds: 1800,
      noWorkerSeconds: 60,
      dayMissingMinutes: 60,
      watchSeconds: 15,
    },
    planningTime: 240,
    responseMs: 20,
  };
}

function alertsOf({
  open,
  dueCalls,
  waiting,
}: Pick<MonitorHarness, 'open' | 'dueCalls' | 'waiting'>) {
  return {
    open: async () =>
      open.map((alert) => ({ lastSeenAt: Temporal.Instant.fromEpochMilliseconds(0), ...alert })),
    async due(before: Temporal.Instant, _limit: number, channels?: readonly string[]) {
      dueCalls.push({ before: before.toString(), channels });
      return waiting.map((each) => ({ ...each, tries: 0 }));
    },
    assertWritable: async () => undefined,
    claim: async (key: DeliveryKey) => ({ ...key, tries: 1, alert: { title: key.alertId } }),
    sent: async () => undefined,
    failed: async () => undefined,
  } as unknown as AlertRepository;
}
