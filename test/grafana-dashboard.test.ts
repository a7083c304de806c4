import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { dashboard, expressions, grafana, rows } from './dashboard.js';
import { knownMetrics, metricsOfPrometheus } from './known-metrics.js';
import { check, findPromtool, metricsAskedFor } from './promql.js';
import { records } from './rules.js';

// The Grafana dashboard. Installing promtool may take a minute.

let promtool: string | undefined;
beforeAll(async () => {
  promtool = await findPromtool();
}, 300_000);

test('there is a row for each question of an operator, and one for the processes', () => {
  expect(rows.map(({ title }) => title)).toEqual([
    'Are days written?',
    'What waits?',
    'What fails, and why?',
    'What does it cost?',
    'How are the processes?',
  ]);
});

test('ids are unique, and so are the names of expressions within a panel', () => {
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(expressions.map(({ name }) => name)).size).toBe(expressions.length);
});

test('no panel overlaps another, is too wide, or is above its row', () => {
  const cells = new Set<string>();
  let bottom = 0;
  for (const { id, type, gridPos } of dashboard.panels) {
    const { x, y, w, h } = gridPos;
    if (type === 'row') expect([id, y]).toEqual([id, bottom]);
    expect(x + w).toBeLessThanOrEqual(24);
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        const cell = `${column} ${line}`;
        expect([id, cells.has(cell)]).toEqual([id, false]);
        cells.add(cell);
      }
    }
    bottom = Math.max(bottom, y + h);
  }
  expect(cells.size).toBe(24 * bottom);
});

test('all expressions are valid PromQL', async () => {
  if (!promtool) return;
  expect(expressions.filter(({ expr }) => expr.includes('$'))).toEqual([]);
  const folder = mkdtempSync(join(tmpdir(), 'texas-dashboard-'));
  try {
    const file = join(folder, 'expressions.yml');
    const rules = expressions.map(({ name, expr }) => ({ record: name, expr }));
    writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules }] }));
    const said = await check(promtool, 'check', 'rules', file);
    expect(said).toContain(`${expressions.length} rules found`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('panels use only existing metrics', () => {
  const there = new Set([
    ...knownMetrics,
    ...metricsOfPrometheus,
    ...records.map(({ record }) => record),
  ]);
  for (const { name, expr } of expressions) {
    const asked = metricsAskedFor(expr);
    expect([name, asked.length > 0]).toEqual([name, true]);
    expect([name, asked.filter((each) => !there.has(each))]).toEqual([name, []]);
  }
});

test('the provisioned data source is the default of the dashboard', () => {
  const file = join(grafana, 'provisioning/datasources/prometheus.yml');
  const { datasources } = parse(readFileSync(file, 'utf8')) as { datasources: { uid: string }[] };
  const variable = dashboard.templating.list.find(({ name }) => name === 'datasource');
  expect(variable?.current).toMatchObject({ value: datasources[0]?.uid });
});
