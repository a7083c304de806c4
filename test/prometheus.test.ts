import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { processEnvironment } from '@texas-ai/config';
import {
  type FakeGemini,
  findDebianProgram,
  freePort,
  makeTestDatabase,
  startFakeGemini,
  type TestDatabase,
  testServices,
  until,
} from '@texas-ai/testing';
import { parse, stringify } from 'yaml';
import { expressions } from './dashboard.js';
import { knownMetrics, metricNamesIn } from './known-metrics.js';
import { dateFromToday, kill, startApp, untilReady } from './product.js';
import { findPromtool } from './promql.js';
import { alerts, folder, records } from './rules.js';

// The built api and worker, scraped by a real Prometheus with the shipped rules. Installing it may take a minute.

const internalKey = 'texas_internal_of_the_prometheus_test';

let day: string;
let home: string;
let db: TestDatabase;
let gemini: FakeGemini;
let api: string;
let prometheus: string | undefined;
let promtool: string | undefined;
let server: string;
/** The metrics response of each process. */
const scraped: Record<string, string> = {};
const children: ChildProcess[] = [];

beforeAll(async () => {
  prometheus = await findDebianProgram({
    names: ['prometheus'],
    package: 'prometheus',
    tests: 'Tests with a real Prometheus',
  });
  promtool = await findPromtool();
  home = mkdtempSync(join(tmpdir(), 'texas-prometheus-'));
  db = await makeTestDatabase();
  day = `/v1/characters/texas/days/${await dateFromToday(db)}`;
  gemini = await startFakeGemini({ latencyMs: 0, retryDelay: '1s' });
  const ports = { api: await freePort(), apiMetrics: await freePort(), worker: await freePort() };
  api = `http://127.0.0.1:${ports.api}`;
  const environment = {
    PATH: processEnvironment().PATH ?? '',
    HOME: home,
    TEXAS_HOME: home,
    NODE_ENV: 'test',
    DATABASE_URL: db.url,
    // A private key space in Redis.
    REDIS_URL: `${testServices().redisUrl}/7`,
    INTERNAL_API_KEY: internalKey,
    GEMINI_API_KEY: 'good-key-0123456789',
    GEMINI_BASE_URL: gemini.url,
    PLANNING_AUTOMATIC: 'false',
  };
  const metricsPort = (port: number) => ({ METRICS_PORT: String(port) });
  const serving = { PORT: String(ports.api), ...metricsPort(ports.apiMetrics) };
  const apiProcess = startApp('api', { ...environment, ...serving });
  const worker = startApp('worker', { ...environment, ...metricsPort(ports.worker) });
  children.push(apiProcess, worker);
  await untilReady(api, apiProcess);
  await untilReady(`http://127.0.0.1:${ports.worker}`, worker);
  await liveThrough();
  for (const [job, port] of [
    ['texas-api', ports.apiMetrics],
    ['texas-worker', ports.worker],
  ] as const) {
    scraped[job] = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  }
  if (prometheus) await startPrometheus(prometheus, ports);
}, 300_000);

afterAll(async () => {
  await Promise.all(children.map(kill));
  await gemini.stop();
  await db.drop();
  rmSync(home, { recursive: true, force: true });
});

/** Has one day written, and another one fail and be finished by the fallback author. */
async function liveThrough(): Promise<void> {
  const headers = { authorization: `Bearer ${internalKey}` };
  const write = async (fresh: boolean) => {
    const asked = await fetch(`${api}${day}/generations`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ fresh }),
    });
    const { id } = (await asked.json()) as { id: string };
    await until(async () => {
      const answer = await fetch(`${api}/v1/generations/${id}`, { headers });
      return ((await answer.json()) as { status: string }).status === 'published';
    });
  };
  await write(false);
  gemini.behaveBy(() => 'blocked');
  await write(true);
  expect((await fetch(`${api}${day}`, { headers })).status).toBe(200);
}

/** Starts Prometheus with the shipped configuration and rules, but other targets and a shorter interval. */
async function startPrometheus(
  program: string,
  ports: { apiMetrics: number; worker: number },
): Promise<void> {
  const shipped = parse(readFileSync(join(folder, 'prometheus.yml'), 'utf8'));
  const targets: Record<string, number> = {
    'texas-api': ports.apiMetrics,
    'texas-worker': ports.worker,
  };
  const config = {
    ...shipped,
    global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '1s' },
    rule_files: [join(folder, 'rules/*.yml')],
    scrape_configs: shipped.scrape_configs.map(({ job_name: job }: { job_name: string }) => ({
      job_name: job,
      static_configs: [{ targets: [`127.0.0.1:${targets[job]}`] }],
    })),
  };
  mkdirSync(join(home, 'prometheus'));
  const file = join(home, 'prometheus.yml');
  writeFileSync(file, stringify(config));
  const port = await freePort();
  server = `http://127.0.0.1:${port}`;
  children.push(
    spawn(
      program,
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(home, 'prometheus')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    ),
  );
  await until(() =>
    fetch(`${server}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  await until(async () => (await query('sum(up{job=~"texas-.+"})'))[0]?.value === 2);
}

interface Series {
  labels: Record<string, string>;
  value: number;
}

/** Rejects if Prometheus returns an error. */
async function query(expression: string): Promise<Series[]> {
  const answer = await fetch(`${server}/api/v1/query?query=${encodeURIComponent(expression)}`);
  const { status, data, error } = (await answer.json()) as {
    status: string;
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    error?: string;
  };
  if (status !== 'success') throw new Error(`${expression}: ${error}`);
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

test('the metrics of the processes pass promtool', () => {
  if (!promtool) return;
  for (const [job, text] of Object.entries(scraped)) {
    const { stdout, stderr, status } = spawnSync(promtool, ['check', 'metrics'], { input: text });
    expect([job, `${stdout}${stderr}`, status]).toEqual([job, '', 0]);
  }
});

test('the processes export all metrics that rules and dashboard may use', () => {
  const names = new Set(Object.values(scraped).flatMap((text) => [...metricNamesIn(text)]));
  expect(knownMetrics.filter((name) => !names.has(name))).toEqual([]);
});

test('Prometheus has scraped api and worker, and has their numbers', async () => {
  if (!prometheus) return;
  // A busy machine may miss a scrape.
  const up = await query('max_over_time(up{job=~"texas-.+"}[1m])');
  expect(up.map(({ labels, value }) => [labels.job, value]).sort()).toEqual([
    ['texas-api', 1],
    ['texas-worker', 1],
  ]);
  const finished = await query('texas_generations_finished_total');
  expect(
    finished
      .map(({ labels: { author, status, code = '' }, value }) => [author, status, code, value])
      .sort(),
  ).toEqual([
    ['gemini', 'published', '', 1],
    ['offline', 'published', 'author_blocked', 1],
  ]);
  expect((await query('texas_workers'))[0]?.value).toBe(1);
});

test('all rules are evaluated, and the alert for the fallback fires', async () => {
  if (!prometheus) return;
  interface Rule {
    name: string;
    health: string;
    lastError?: string;
    state?: string;
  }
  const rules = async () => {
    const answer = await fetch(`${server}/api/v1/rules`);
    const { data } = (await answer.json()) as { data: { groups: { rules: Rule[] }[] } };
    return data.groups.flatMap((group) => group.rules);
  };
  await until(async () => (await rules()).every(({ health }) => health !== 'unknown'));
  const found = await rules();
  expect(found).toHaveLength(alerts.length + records.length);
  expect(found.filter(({ health }) => health !== 'ok')).toEqual([]);
  // It is pending for a minute before it fires.
  const active = async () =>
    (await rules())
      .filter(({ state }) => state === 'pending' || state === 'firing')
      .map(({ name }) => name);
  // Before the first scrape, all targets counted as down.
  await until(async () => (await active()).join() === 'TexasDaysFellBack');
});

test('the dashboard’s expressions are valid queries, and each of the four questions has values', async () => {
  if (!prometheus) return;
  const answered = new Map<string, number>();
  for (const { question, expr } of expressions) {
    const series = await query(expr);
    answered.set(question, (answered.get(question) ?? 0) + (series.length > 0 ? 1 : 0));
  }
  expect([...answered].filter(([, count]) => count < 2)).toEqual([]);
  expect(answered.size).toBe(5);
});
