import { afterEach, expect, test } from '@jest/globals';
import { until } from '@texas-ai/testing';
import { goodKey, startFleet, type TestFleet } from '../test/test-fleet.js';

// What the configuration says, in whole workers as their processes wire them.

let fleet: TestFleet | null = null;
afterEach(async () => {
  await fleet?.stop();
  fleet = null;
});

const noCaps = { dailyMoney: null, dailyTokens: null, monthlyMoney: null, monthlyTokens: null };

async function waitingOf(fleet: TestFleet, { id }: { id: string }): Promise<string> {
  let reason: string | undefined;
  await until(async () => {
    reason = (await fleet.generationOf(id)).waiting?.reason;
    return reason !== undefined;
  });
  return reason ?? '';
}

test('requests a minute are one rate for all workers: the call beyond them is not made', async () => {
  fleet = await startFleet({ quotas: { requestsPerMinute: 3 } });
  const { gemini } = fleet;
  const worker = await fleet.startWorker();
  await fleet.startWorker();
  const generations = [await fleet.request(worker), await fleet.request(worker)];
  await until(async () => {
    const all = await Promise.all(generations.map(({ id }) => fleet?.generationOf(id)));
    return all.some((each) => each?.waiting);
  });
  // The check at start is a call like any other; one that has room may still be in flight.
  const made = () => gemini.calls.length + gemini.probes();
  await until(() => made() >= 3);
  expect(made()).toBe(3);
});

test('tokens a minute are a rate as well', async () => {
  fleet = await startFleet({ quotas: { tokensPerMinute: 10_000 } });
  const worker = await fleet.startWorker();
  expect(await waitingOf(fleet, await fleet.request(worker))).toContain('configured rate limit');
  expect(fleet.gemini.calls).toHaveLength(1);
});

test('requests a day are counted, and the day that they do not suffice for waits', async () => {
  fleet = await startFleet({ quotas: { requestsPerDay: 2 } });
  const worker = await fleet.startWorker({ WORKER_CONCURRENCY: '1' });
  const waits = await waitingOf(fleet, await fleet.request(worker));
  expect(waits).toContain('quota of the day');
  // Gemini's midnight may be now, and then another day's calls are made.
  const { rows } = await fleet.db.database.raw(
    `SELECT count(*) AS calls FROM author_calls
     GROUP BY (opened_at AT TIME ZONE 'America/Los_Angeles')::date ORDER BY calls DESC LIMIT 1`,
  );
  expect(rows).toEqual([{ calls: 2 }]);
});

test.each([
  ['everybody, in tokens', { everybody: { ...noCaps, dailyTokens: 100 } }],
  ['each character, in money', { eachCharacter: { ...noCaps, monthlyMoney: 0.000_001 } }],
])(
  'the budget of %s: past it nothing is spent, and the offline author writes',
  async (_, budget) => {
    fleet = await startFleet({ budget });
    const worker = await fleet.startWorker();
    const [day] = await fleet.until([await fleet.request(worker)], 'published');
    expect(day).toMatchObject({ author: 'offline', fallback: { code: 'budget_exhausted' } });
    expect(fleet.gemini.calls).toEqual([]);
  },
);

test('alerts go where their route says, without the secrets of the configuration', async () => {
  fleet = await startFleet({
    authoring: { fallback: 'none' },
    alerts: { routes: [{ kinds: ['generation_failed'], channels: ['slack'] }] },
  });
  const { gemini, webhook, db } = fleet;
  gemini.behaveBy(() => 'blocked');
  const slackUrl = `${webhook.url}/services/hidden-path`;
  const worker = await fleet.startWorker({ ALERT_SLACK_URL: slackUrl });
  await fleet.until([await fleet.request(worker)], 'failed');
  await until(() => webhook.requests.length > 0);

  const spoken = `The key ${goodKey} for ${slackUrl} was shown.`;
  await worker.deps.alerts.raise({ ...slow, title: spoken, message: spoken });
  const [kept] = await db.database('alerts').where({ kind: slow.kind });
  expect(`${kept?.title} ${kept?.message}`).not.toMatch(/good-key|hidden-path/);
  // No route fits, so nobody is told.
  expect(await db.database('alert_deliveries').where({ alert_id: kept?.id })).toEqual([]);
  expect(webhook.requests.map(({ path }) => path)).toEqual(['/services/hidden-path']);
});

const slow = { kind: 'slow_step', subject: 'publish-day', level: 'warning' } as const;
