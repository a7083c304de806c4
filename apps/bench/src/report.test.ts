import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { circumstances } from '../test/example-report.js';
import { UsageError } from './arguments.js';
import { readReport, reportOf } from './report.js';
import { renderMarkdown, renderText } from './table.js';

const report = reportOf(
  [
    {
      id: 'speed',
      title: 'How fast',
      seconds: 3,
      failure: null,
      figures: [
        {
          id: 'rate',
          name: 'requests | each',
          value: 5000,
          unit: 'requests/s',
          aim: { of: 'ratio', atLeast: 0.55 },
          floor: { name: 'bare', value: 10_000 },
          range: { lowest: 4900, highest: 5100 },
        },
        { id: 'size', name: 'size', value: 12.345, unit: 'MB' },
      ],
    },
    { id: 'broken', title: 'Broken', seconds: 1, failure: 'it broke', figures: [] },
  ],
  circumstances,
);

describe('a report', () => {
  it('judges each figure', () => {
    expect(report.figures).toEqual([
      {
        id: 'rate',
        measurement: 'speed',
        name: 'requests | each',
        value: 5000,
        unit: 'requests/s',
        aim: { of: 'ratio', atLeast: 0.55 },
        aimWords: 'at least 0.55 of the floor',
        floor: { name: 'bare', value: 10_000 },
        ratio: 0.5,
        range: { lowest: 4900, highest: 5100 },
        standing: 'missed',
        met: false,
      },
      expect.objectContaining({ id: 'size', aim: null, ratio: null, standing: null, met: null }),
    ]);
    expect(report.measurements.map(({ id, failure }) => [id, failure])).toEqual([
      ['speed', null],
      ['broken', 'it broke'],
    ]);
  });

  it('is shown as a table, with failures below', () => {
    expect(renderText(report).split('\n')).toEqual([
      'figure           measured                        target                      status  floor                     ratio',
      'requests | each  5,000 requests/s (4,900–5,100)  at least 0.55 of the floor  missed  10,000 requests/s (bare)  0.5',
      'size             12.3 MB',
      'Failed: broken (Broken): it broke',
    ]);
  });

  it('is shown in Markdown, with escaped bars', () => {
    expect(renderMarkdown(report).split('\n')).toEqual([
      '| figure | measured | target | status | floor | ratio |',
      '| --- | --- | --- | --- | --- | --- |',
      '| requests \\| each | 5,000 requests/s (4,900–5,100) | at least 0.55 of the floor | missed | 10,000 requests/s (bare) | 0.5 |',
      '| size | 12.3 MB |  |  |  |  |',
    ]);
  });
});

describe('reading one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'texas-report-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const written = (content: string) => {
    const file = join(folder, 'report.json');
    writeFileSync(file, content);
    return file;
  };

  it('returns what was written', () => {
    expect(readReport(written(JSON.stringify(report)))).toEqual(report);
  });

  it.each([
    ['{', 'cannot be read'],
    ['{}', 'is not what this version'],
    ['null', 'is not what this version'],
    ['{"form":2}', 'is not what this version'],
  ])('refuses what is none: %s', (content, said) => {
    const read = () => readReport(written(content));
    expect(read).toThrow(UsageError);
    expect(read).toThrow(said);
  });

  it('rejects a missing file', () => {
    expect(() => readReport(join(folder, 'none.json'))).toThrow('none.json cannot be read');
  });
});
