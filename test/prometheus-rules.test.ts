import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { knownMetrics, metricNamesIn, metricsOfPrometheus } from './known-metrics.js';
import { root } from './product.js';
import { check, findPromtool, metricsAskedFor } from './promql.js';
import { alerts, folder, records, ruleFiles, ruleTests, testFiles } from './rules.js';

// The Prometheus rules. Installing promtool may take a minute.

let promtool: string | undefined;
beforeAll(async () => {
  promtool = await findPromtool();
}, 300_000);

test('the configuration with all rules is valid', async () => {
  if (!promtool) return;
  const said = await check(promtool, 'check', 'config', '--lint=all', `${folder}/prometheus.yml`);
  expect(said).toContain(`${ruleFiles.length} rule files found`);
  await check(promtool, 'check', 'rules', '--lint=all', '--lint-fatal', ...ruleFiles);
});

test('the rules pass their own tests', async () => {
  if (!promtool) return;
  const said = await check(promtool, 'test', 'rules', ...testFiles);
  expect(said.match(/SUCCESS/g)).toHaveLength(testFiles.length);
});

test('each alert is tested: it fires, recovers, and does not fire below its threshold', () => {
  expect(alerts.length).toBeGreaterThan(20);
  const missing = alerts.flatMap(({ alert }) => {
    const courses = ruleTests
      .map((each) => each.alert_rule_test.filter(({ alertname }) => alertname === alert))
      .filter((course) => course.length > 0)
      .map((course) => course.map(({ exp_alerts }) => exp_alerts.length > 0));
    const recovers = courses.some((fires) => fires.includes(true) && fires.at(-1) === false);
    const isSilent = courses.some((fires) => !fires.includes(true));
    return recovers && isSilent ? [] : [alert];
  });
  expect(missing).toEqual([]);
});

test('rules use only existing metrics', () => {
  const there = new Set([
    ...knownMetrics,
    ...metricsOfPrometheus,
    ...records.map(({ record }) => record),
  ]);
  for (const { expr } of [...records, ...alerts]) {
    const asked = metricsAskedFor(expr);
    expect(asked).not.toEqual([]);
    expect(asked.filter((name) => !there.has(name))).toEqual([]);
  }
});

test('metric names are found in expressions and in responses', () => {
  expect(
    metricsAskedFor(`
      0.5 < sum by (job) (rate(a_total{outcome="b",code=~"{c}|d"}[5m] offset 1h)) and on (e) time() - 1e3
      or a:b:sum5m unless ignoring (f) g offset 30m > bool 2
    `),
  ).toEqual(['a_total', 'a:b:sum5m', 'g']);
  const exposition = [
    '# HELP a_total Something.',
    '# TYPE a_total counter',
    '# TYPE b_seconds histogram',
    'b_seconds_bucket{le="1"} 2',
    '# TYPE c gauge',
    'c 1',
  ].join('\n');
  expect([...metricNamesIn(exposition)].sort()).toEqual([
    'a_total',
    'b_seconds_bucket',
    'b_seconds_count',
    'b_seconds_sum',
    'c',
  ]);
});

const anchorOf = (heading: string) => heading.toLowerCase().replaceAll(' ', '-');

test('each alert links to the operator’s guide', () => {
  for (const { alert, annotations } of alerts) {
    expect(annotations.runbook_url).toBe(`docs/operations.md#${anchorOf(alert)}`);
  }
});

test('the operator’s guide has a heading for each alert, and none for others', () => {
  const guide = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  const headings = [...guide.matchAll(/^### (Texas[A-Za-z]+)$/gm)].map(([, heading]) => heading);
  expect(headings.sort()).toEqual(alerts.map(({ alert }) => alert).sort());
});
