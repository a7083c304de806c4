import { afterEach, expect, test } from '@jest/globals';
import { until } from '@texas-ai/testing';
import { goodKey, startFleet, type TestFleet } from '../test/test-fleet.js';

// Settings of the configuration, in complete workers wired as in production.

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

test('the requests per minute are limited across all workers', async () => {
  fleet = await startFleet({ quotas: { requestsPerMinute: 3 } });
  const { gemini } = fleet;
  const worker = await fleet.startWorker();
  await fleet.startWorker();
  const generations = [await fleet.request(worker), await fleet.request(worker)];
  await until(async () => {
    const all = await Promise.all(generations.map(({ id }) => fleet?.generationOf(id)));
    return all.some((each) => each?.waiting);
  });
  // The check at start counts as well; an admitted call may still be in flight.
  const made = () => gemini.calls.length + gemini.probes();
  await until(() => made() >= 3);
  expect(made()).toBe(3);
});

test('the tokens per minute are limited', async () => {
  fleet = await startFleet({ quotas: { tokensPerMinute: 10_000 } });
  const worker = await fleet.startWorker();
  expect(await waitingOf(fleet, await fleet.request(worker))).toContain('configured rate limit');
  expect(fleet.gemini.calls).toHaveLength(1);
});

test('the requests per day are limited, and the rest of a day waits', async () => {
  fleet = await startFleet({ quotas: { requestsPerDay: 2 } });
  const worker = await fleet.startWorker({ WORKER_CONCURRENCY: '1' });
  const waits = await waitingOf(fleet, await fleet.request(worker));
  expect(waits).toContain('daily quota');
  // If it is midnight for Gemini, calls of another day are made as well.
  const { rows } = await fleet.db.database.raw(
    `SELECT count(*) AS calls FROM author_calls
     GROUP BY (opened_at AT TIME ZONE 'America/Los_Angeles')::date ORDER BY calls DESC LIMIT 1`,
  );
  expect(rows).toEqual([{ calls: 2 }]);
});

test.each([
  ['everybody, in tokens', { everybody: { ...noCaps, dailyTokens: 100 } }],
  ['each character, in money', { eachCharacter: { ...noCaps, monthlyMoney: 0.000_001 } }],
])('beyond the budget of %s nothing is spent, and the offline author writes', async (_, budget) => {
  fleet = await startFleet({ budget });
  const worker = await fleet.startWorker();
  const [day] = await fleet.until([await fleet.request(worker)], 'published');
  expect(day).toMatchObject({ author: 'offline', fallback: { code: 'budget_exhausted' } });
  expect(fleet.gemini.calls).toEqual([]);
});

test('alerts go to the channels of their route, without the secrets of the configuration', async () => {
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

  const leaking = `The key ${goodKey} for ${slackUrl} was shown.`;
  await worker.deps.alerts.raise({ ...slowStep, title: leaking, message: leaking });
  const [stored] = await db.database('alerts').where({ kind: slowStep.kind });
  expect(`${stored?.title} ${stored?.message}`).not.toMatch(/good-key|hidden-path/);
  // No route matches, so nothing is sent.
  expect(await db.database('alert_deliveries').where({ alert_id: stored?.id })).toEqual([]);
  expect(webhook.requests.map(({ path }) => path)).toEqual(['/services/hidden-path']);
});

const slowStep = { kind: 'slow_step', subject: 'publish-day', level: 'warning' } as const;
