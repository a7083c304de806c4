import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { circumstances, sizingFigures } from '../test/example-report.js';
import { fillDocument } from './document.js';
import type { JudgedFigure, Report } from './report.js';

const [first, ...others] = sizingFigures;
if (!first) throw new Error('There are no figures.');
const judged = (overrides: Partial<JudgedFigure>) => ({ ...first, ...overrides });

const report: Report = {
  form: 1,
  ...circumstances,
  figures: [
    judged({
      name: 'jobs',
      unit: 'bytes',
      aim: { of: 'value', atMost: 900 },
      aimWords: 'at most 900',
      standing: 'within the limit',
      met: false,
    }),
    judged({
      id: 'ratio',
      name: 'dumped',
      aim: { of: 'ratio', atMost: 1.15 },
      aimWords: 'at most 1.15 of the floor',
      floor: { name: 'pg_dump alone', value: 800 },
      ratio: 1.25,
      standing: 'missed',
      met: false,
    }),
    ...others,
  ],
  measurements: [
    { id: 'good', title: 'Good', seconds: 1, failure: null },
    { id: 'broken', title: 'Broken', seconds: 1, failure: 'it broke' },
  ],
};

const places = ['run', 'failures', 'table', 'missed', 'assumptions', 'sizing'];
const place = (name: string) => `<!-- figures: ${name} -->\nold\n<!-- end of figures -->`;
const document = `# Title\n\n${places.map(place).join('\n\nwords\n\n')}\n`;

describe('the document', () => {
  it('keeps its text and gets new figures', () => {
    const filled = fillDocument(document, report);
    expect(filled).toMatch(/^# Title\n/);
    expect(filled.match(/^words$/gm)).toHaveLength(places.length - 1);
    expect(filled).not.toContain('old');
    expect(filled).toContain('| commit | abc |');
    expect(filled).toContain('- Broken: it broke');
    expect(filled).toContain(
      '- jobs: 1,000 bytes, within the limit; the target is at most 900.\n' +
        '- dumped: 1.25 of pg_dump alone; the target is at most 1.15 of the floor.',
    );
    expect(filled).toContain('- each core is used up to 70 %;');
    expect(filled).toContain(
      '| Redis memory, all days waiting at once | N × 1,000 bytes | 100 MB | 10 GB |',
    );
  });

  it('does not change when filled again', () => {
    const filled = fillDocument(document, report);
    expect(fillDocument(filled, report)).toBe(filled);
  });

  it('states that nothing was missed and nothing failed', () => {
    const fine = { ...report, figures: sizingFigures, measurements: [] };
    const filled = fillDocument(document, fine);
    expect(filled).toContain('None: all numeric targets were met.');
    expect(filled).toContain('None.');
  });

  it('must have a place for everything', () => {
    const lacking = document.replace(place('table'), '');
    expect(() => fillDocument(lacking, report)).toThrow('no place for table');
    const strange = document.replace('figures: table', 'figures: tables');
    expect(() => fillDocument(strange, report)).toThrow('unknown part: tables');
  });

  it('of this repository has every part', () => {
    const file = new URL('../../../docs/performance.md', import.meta.url);
    expect(fillDocument(readFileSync(file, 'utf8'), report)).toContain('| commit | abc |');
  });
});
