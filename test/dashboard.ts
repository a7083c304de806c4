import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { root } from './product.js';

// The Grafana dashboard.

const place = z.strictObject({ x: z.int(), y: z.int(), w: z.int().min(1), h: z.int().min(1) });
const base = { id: z.int(), title: z.string().min(1), gridPos: place };
const rowSchema = z.strictObject({
  ...base,
  type: z.literal('row'),
  collapsed: z.literal(false),
  panels: z.tuple([]),
});
const source = z.strictObject({
  type: z.literal('prometheus'),
  uid: z.literal(`\${datasource}`),
});
const panelSchema = z.object({
  ...base,
  type: z.enum(['stat', 'timeseries', 'table', 'bargauge']),
  description: z.string().min(1),
  datasource: source,
  targets: z.array(z.object({ refId: z.string(), expr: z.string() })).min(1),
  fieldConfig: z.object({ defaults: z.object({ unit: z.string().min(1) }) }),
});
const dashboardSchema = z.object({
  uid: z.string(),
  schemaVersion: z.int().min(39),
  templating: z.object({ list: z.array(z.looseObject({ name: z.string() })) }),
  panels: z.array(z.union([rowSchema, panelSchema])),
});

export const grafana = join(root, 'infra/grafana');
export const dashboard = dashboardSchema.parse(
  JSON.parse(readFileSync(join(grafana, 'dashboards/texas.json'), 'utf8')),
);
export const rows = dashboard.panels.filter((panel) => panel.type === 'row');

/** All expressions with Grafana's variables replaced, and the title of their row. */
export const expressions = dashboard.panels.flatMap((panel) => {
  if (panel.type === 'row') return [];
  const { id, gridPos, targets } = panel;
  const question = rows.findLast((row) => row.gridPos.y < gridPos.y)?.title ?? '';
  return targets.map(({ refId, expr }) => ({
    name: `panel_${id}_${refId}`,
    question,
    expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$character', '.*'),
  }));
});
