import { afterEach, expect, test } from '@jest/globals';
import { until } from '@texas-ai/testing';
import { startFleet, type TestFleet, type TestWorker } from '../test/test-fleet.js';

let fleet: TestFleet | null = null;
afterEach(async () => {
  await fleet?.stop();
  fleet = null;
});

/** The metrics, once all jobs have ended. */
async function metricsOf({ consumer, deps }: TestWorker): Promise<string> {
  await until(() => consumer.activeJobs().length === 0);
  return deps.metrics.text();
}

/** The sum of a metric's series that have all of these labels. */
function sumOf(text: string, name: string, ...labels: string[]): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && labels.every((each) => line.includes(each)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

test('a worker measures its jobs, author calls, spending and finished generations', async () => {
  fleet = await startFleet();
  const worker = await fleet.startWorker();
  const generation = await fleet.request(worker);
  await fleet.until([generation], 'published');
  const text = await metricsOf(worker);

  const jobs = 'texas_job_duration_seconds_count';
  expect(sumOf(text, jobs, 'job_name="plan-day"', 'outcome="done"')).toBe(1);
  expect(sumOf(text, jobs, 'job_name="write-chapter"', 'outcome="done"')).toBe(4);
  const calls = 'texas_author_call_duration_seconds_count';
  const planned = ['author="gemini"', 'model="gemini-3.5-flash-lite"', 'step="plan-day"'];
  expect(sumOf(text, calls, ...planned, 'outcome="answered"')).toBe(1);
  const { usage } = await fleet.generationOf(generation.id);
  // The check at start counts too, but belongs to no generation.
  const ofDays = (name: string, label: string) =>
    sumOf(text, name, label) - sumOf(text, name, label, 'step="probe"');
  expect(ofDays('texas_author_tokens_total', 'direction="input"')).toBe(usage.inputTokens);
  expect(ofDays('texas_author_tokens_total', 'direction="output"')).toBe(usage.outputTokens);
  expect(ofDays('texas_author_spending_total', 'currency="USD"')).toBeCloseTo(usage.cost ?? -1, 9);
  expect(sumOf(text, 'texas_author_unpriced_calls_total')).toBe(0);
  expect(
    sumOf(text, 'texas_generations_finished_total', 'status="published"', 'author="gemini"'),
  ).toBe(1);
  expect(sumOf(text, 'texas_jobs_active')).toBe(0);
});

test('failures are counted by their codes', async () => {
  fleet = await startFleet({ authoring: { fallback: 'none' } });
  fleet.gemini.behaveBy(() => 'blocked');
  const worker = await fleet.startWorker();
  await fleet.until([await fleet.request(worker)], 'failed');
  const text = await metricsOf(worker);
  expect(sumOf(text, 'texas_author_call_duration_seconds_count', 'outcome="author_blocked"')).toBe(
    1,
  );
  expect(
    sumOf(text, 'texas_job_duration_seconds_count', 'job_name="plan-day"', 'outcome="over"'),
  ).toBe(1);
  expect(
    sumOf(text, 'texas_generations_finished_total', 'status="failed"', 'code="author_blocked"'),
  ).toBe(1);
});
