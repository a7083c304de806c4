import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from '@jest/globals';
import { isMap, LineCounter, parse, parseDocument } from 'yaml';
import { z } from 'zod';
import { settingsSchema } from './schema.js';
import { valueAt } from './tree.js';
import { allSettings } from './variables.js';

// config/base.yml and the settings tables of the READMEs match the schema; Markdown is wrapped.

const root = resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const defaultOf = (schema: z.core.$ZodType) => z.parse(schema, undefined);

test('config/base.yml names every setting with its variable', () => {
  const text = read('config/base.yml').replaceAll(/^( *)# ( *[a-z]\w*:)/gm, '$1$2');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineOf = (path: string) => {
    const [last, ...parents] = path.split('.').reverse();
    const parent = parents.length > 0 ? document.getIn(parents.reverse()) : document.contents;
    const pair = isMap<{ value: string; range: [number] }>(parent)
      ? parent.items.find(({ key }) => key.value === last)
      : undefined;
    return pair && text.split('\n')[lines.linePos(pair.key.range[0]).line - 1];
  };
  const problems = allSettings.flatMap(({ path, env }) => {
    const line = lineOf(path);
    if (line === undefined) return [`${path} is missing`];
    const words = line.split(/[\s:;,]+/);
    return env.filter((name) => !words.includes(name)).map((name) => `${path} lacks ${name}`);
  });
  expect(problems).toEqual([]);

  const issues = settingsSchema.safeParse(document.toJS()).error?.issues ?? [];
  expect(issues.filter(({ code }) => code === 'unrecognized_keys')).toEqual([]);
});

test('config/base.yml has the default of every setting that it sets', () => {
  const content = parse(read('config/base.yml'));
  const problems = allSettings.flatMap(({ path, schema }) => {
    const written = valueAt(content, path);
    // The table of prices is only there.
    if (written === undefined || path === 'budget.prices') return [];
    const [value, expected] = [z.parse(schema, written), defaultOf(schema)];
    return isDeepStrictEqual(value, expected)
      ? []
      : [`${path} is ${JSON.stringify(value)}, its default is ${JSON.stringify(expected)}`];
  });
  expect(problems).toEqual([]);
});

test.each([
  { file: 'README.md', heading: '## Configuration', separator: ', ', channel: '<CHANNEL>' },
  { file: 'README.zh-CN.md', heading: '## 配置', separator: '、', channel: '<通道>' },
])('$file has every variable with its default', ({ file, heading, separator, channel }) => {
  const section = read(file).split(`\n${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const documented = new Map<string, string>();
  for (const row of section.split('\n').filter((line) => line.startsWith('| `'))) {
    const [, names = '', cell = ''] = row.split('|').map((each) => each.trim());
    const defaults = cell.split(separator);
    [...names.matchAll(/`([^`]+)`/g)].forEach(([, name = ''], index) => {
      documented.set(name.replace(channel, '<CHANNEL>'), defaults[index] ?? cell);
    });
  }

  const problems = allSettings.flatMap(({ env: [name], schema }) => {
    if (name === undefined) return [];
    const shown = documented.get(name);
    if (shown === undefined) return [`${name} is missing`];
    const value = defaultOf(schema);
    const isVisible = ['string', 'number', 'boolean'].includes(typeof value) && value !== '';
    return isVisible && !shown.startsWith(`\`${value}\``)
      ? [`${name} has the default ${value}, not ${shown}`]
      : [];
  });
  const known = [
    'NODE_ENV',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    ...allSettings.flatMap(({ env }) => env),
  ];
  const unknown = [...documented.keys()].filter((name) => !known.includes(name));
  expect([...problems, ...unknown.map((name) => `${name} is unknown`)]).toEqual([]);
});

const maxColumns = 120;

test(`Markdown has at most ${maxColumns} columns, except tables, code and addresses of links`, () => {
  const packages = ['apps', 'packages'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}/`),
  );
  const files = ['', 'docs/', 'docker/', 'infra/', ...packages].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}${name}`),
  );
  expect(files.flatMap(longLines)).toEqual([]);
});

function longLines(file: string): string[] {
  let fenced = false;
  return read(file)
    .split('\n')
    .flatMap((line, index) => {
      const isFence = line.trimStart().startsWith('```');
      if (isFence) fenced = !fenced;
      const isExempt = fenced || isFence || line.startsWith('|');
      const columns = [...line.replaceAll(/\]\(\S+?\)|<https?:\S+>/g, ']')].length;
      return isExempt || columns <= maxColumns
        ? []
        : [`${file}:${index + 1} has ${columns} columns`];
    });
}
