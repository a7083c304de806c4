import { beforeEach, describe, expect, test } from '@jest/globals';
import { type AlertCondition, TexasError } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { at, buildAlert } from '../test/samples.js';
import type { Alert, DeliveryKey } from './alert.js';
import { type AlertsDeps, makeAlerts } from './make-alerts.js';
import type { AlertChanges } from './repository.js';

const condition: AlertCondition = {
  kind: 'generation_failed',
  subject: 'author_http_error',
  level: 'error',
  title: 'a day could not be written with canary',
  message: 'texas, 2026-11-23: canary was refused.',
  quietSeconds: 900,
};

/** An in-memory repository with one open alert at a time, whose channels are notified of its end. */
function memoryAlerts() {
  const entries: { alert: Alert; condition: AlertCondition; channels: readonly string[] }[] = [];
  const keysOf = (entry: (typeof entries)[number], phase: DeliveryKey['phase']) =>
    entry.channels.map((channel) => ({ alertId: entry.alert.id, channel, phase }));
  const repository: AlertsDeps['alerts'] = {
    async raise(raised, channels) {
      if (entries.some(({ alert }) => alert.recoveredAt === null)) {
        return { alerts: [], deliveries: [] };
      }
      const { kind, subject, level, title, message } = raised;
      const alert = buildAlert({
        kind,
        subject,
        level,
        title,
        message,
        id: `alert ${entries.length}`,
      });
      const entry = { alert, condition: raised, channels };
      entries.push(entry);
      return { alerts: [alert], deliveries: keysOf(entry, 'raised') };
    },
    recover: async () => end(),
    recoverQuiet: async (now) => end(({ lastSeenAt }) => lastSeenAt.until(now).total('hours') >= 1),
  };

  function end(isOver = (_alert: Alert) => true): AlertChanges {
    const open = entries.filter(({ alert }) => alert.recoveredAt === null && isOver(alert));
    for (const { alert } of open) alert.recoveredAt = at;
    return {
      alerts: open.map(({ alert }) => alert),
      deliveries: open.flatMap((entry) => keysOf(entry, 'recovered')),
    };
  }
  return { entries, repository };
}

let memory: ReturnType<typeof memoryAlerts>;
let dispatched: (readonly DeliveryKey[])[];
let logger: ReturnType<typeof makeLogSpy>;
beforeEach(() => {
  memory = memoryAlerts();
  dispatched = [];
  logger = makeLogSpy();
});

function alerts(deps: Partial<AlertsDeps> = {}) {
  return makeAlerts({
    alerts: memory.repository,
    routes: [],
    channels: ['slack', 'email'],
    redact: (text) => text.replaceAll('canary', '[redacted]'),
    dispatch: async (keys) => void dispatched.push(keys),
    logger,
    ...deps,
  });
}

describe('raising', () => {
  test('stores the alert without secrets and notifies every channel', async () => {
    await alerts().raise(condition);
    expect(memory.entries).toMatchObject([
      {
        condition: {
          ...condition,
          title: 'a day could not be written with [redacted]',
          message: 'texas, 2026-11-23: [redacted] was refused.',
        },
        channels: ['slack', 'email'],
      },
    ]);
    expect(dispatched).toEqual([
      [
        { alertId: 'alert 0', channel: 'slack', phase: 'raised' },
        { alertId: 'alert 0', channel: 'email', phase: 'raised' },
      ],
    ]);
    expect(JSON.stringify([memory.entries, logger.lines])).not.toContain('canary');
  });

  test('again notifies nobody until the alert is over', async () => {
    const { raise, recover } = alerts();
    await raise(condition);
    await raise(condition);
    expect([dispatched.length, logger.lines.length]).toEqual([1, 1]);
    await recover(condition);
    await raise(condition);
    const phases = dispatched.map((keys) =>
      keys.map(({ alertId, phase }) => `${alertId} ${phase}`),
    );
    expect(phases).toEqual([
      ['alert 0 raised', 'alert 0 raised'],
      ['alert 0 recovered', 'alert 0 recovered'],
      ['alert 1 raised', 'alert 1 raised'],
    ]);
  });

  test('notifies the channels of the route, or only the log if it has none', async () => {
    const routes = [{ levels: ['warning'], channels: ['email'] }];
    await alerts({ routes }).raise(condition);
    expect(memory.entries[0]?.channels).toEqual([]);
    expect(dispatched).toEqual([]);
    expect(logger.lines).toEqual([
      {
        level: 'error',
        message: 'alert raised',
        fields: {
          kind: condition.kind,
          subject: condition.subject,
          title: 'a day could not be written with [redacted]',
          count: 1,
        },
      },
    ]);
    await alerts({ routes }).recover(condition);
    await alerts({ routes }).raise({ ...condition, level: 'warning' });
    expect(memory.entries[1]?.channels).toEqual(['email']);
    expect(logger.lines.map(({ level }) => level)).toEqual(['error', 'info', 'warn']);
  });
});

describe('recovering', () => {
  test('notifies exactly the channels that were notified, even if routes have changed', async () => {
    await alerts({ channels: ['slack'] }).raise(condition);
    await alerts({ channels: ['email', 'bark'] }).recover(condition);
    expect(dispatched.at(-1)).toEqual([
      { alertId: 'alert 0', channel: 'slack', phase: 'recovered' },
    ]);
    expect(logger.lines.at(-1)).toMatchObject({ level: 'info', message: 'alert recovered' });
  });

  test('automatically is notified like any other end', async () => {
    await alerts().raise(condition);
    await alerts().recoverQuiet(at.add({ minutes: 59 }));
    expect(dispatched).toHaveLength(1);
    await alerts().recoverQuiet(at.add({ hours: 1 }));
    expect(dispatched.at(-1)?.map(({ phase }) => phase)).toEqual(['recovered', 'recovered']);
    expect(logger.lines.at(-1)).toMatchObject({ level: 'info', message: 'alert recovered' });
  });

  test('without an open alert does nothing', async () => {
    await alerts().recover(condition);
    expect([dispatched, logger.lines]).toEqual([[], []]);
  });
});

test('characters that cannot be stored are replaced', async () => {
  await alerts().raise({ ...condition, message: 'It said:\na\0b \ud83d\x1b[31m 🚚' });
  expect(memory.entries[0]?.condition.message).toBe('It said:\na b   [31m 🚚');
});

describe('a failure is logged and never thrown', () => {
  const error = new TexasError('storage_unavailable', 'The database does not respond.');
  const fails = () => Promise.reject(error);
  const { kind, subject } = condition;

  test('as an error if it is the database', async () => {
    const broken = { raise: fails, recover: fails, recoverQuiet: fails };
    const { raise, recover, recoverQuiet } = alerts({ alerts: broken });
    await raise(condition);
    await recover(condition);
    await recoverQuiet(at);
    const line = { level: 'error', message: 'alert not stored' };
    expect(logger.lines).toEqual([
      { ...line, fields: { kind, subject, error } },
      { ...line, fields: { kind, subject, error } },
      { ...line, fields: { error } },
    ]);
    expect(dispatched).toEqual([]);
  });

  test('as a warning if it is the queue: the alert is stored, and delivered later', async () => {
    await alerts({ dispatch: fails }).raise(condition);
    expect(memory.entries).toHaveLength(1);
    expect(logger.lines).toEqual([
      expect.objectContaining({ message: 'alert raised' }),
      {
        level: 'warn',
        message: 'alert not dispatched, will be delivered later',
        fields: { kind, subject, error },
      },
    ]);
  });
});
