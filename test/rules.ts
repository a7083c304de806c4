import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from './product.js';

// The Prometheus rules and their tests, as stored in the files.

export const folder = join(root, 'infra/prometheus');

const recordSchema = z.strictObject({
  record: z.string(),
  expr: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
});

const alertSchema = z.strictObject({
  alert: z.string().regex(/^Texas[A-Za-z]+$/),
  expr: z.string(),
  for: z.string(),
  labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
  annotations: z.strictObject({
    summary: z.string(),
    description: z.string(),
    runbook_url: z.string(),
  }),
});

const rulesSchema = z.strictObject({
  groups: z.array(
    z.strictObject({ name: z.string(), rules: z.array(z.union([recordSchema, alertSchema])) }),
  ),
});

const testsSchema = z.object({
  tests: z.array(
    z.object({
      name: z.string(),
      alert_rule_test: z
        .array(
          z.object({
            alertname: z.string(),
            eval_time: z.string(),
            exp_alerts: z.array(z.unknown()),
          }),
        )
        .default([]),
    }),
  ),
});

function filesOf(part: 'rules' | 'tests'): string[] {
  return readdirSync(join(folder, part)).map((name) => join(folder, part, name));
}

const parsed = (file: string): unknown => parse(readFileSync(file, 'utf8'));

export const ruleFiles = filesOf('rules');
export const testFiles = filesOf('tests');

const all = ruleFiles.flatMap((file) =>
  rulesSchema.parse(parsed(file)).groups.flatMap(({ rules }) => rules),
);
export const records = all.filter((rule) => 'record' in rule);
export const alerts = all.filter((rule) => 'alert' in rule);
export const ruleTests = testFiles.flatMap((file) => testsSchema.parse(parsed(file)).tests);
