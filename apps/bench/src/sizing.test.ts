import { describe, expect, it } from '@jest/globals';
import { sizingFigures as figures } from '../test/example-report.js';
import { needsOf } from './sizing.js';

describe('the sizing', () => {
  // 14,400 characters in four hours are one day per second.
  it('is computed from the figures for any number of characters', () => {
    const one = needsOf(figures).map(({ what, of }) => [what, of(14_400), of(14_400_000)]);
    expect(one).toEqual([
      ['Redis memory, all days waiting at once', '14.4 MB', '14.4 GB'],
      ['the same with packed jobs', '8.64 MB', '8.64 GB'],
      ['Redis memory of the cache, each day read within 24 h', '360 MB', '360 GB'],
      ['PostgreSQL, a day', '720 MB', '720 GB'],
      ['PostgreSQL, a month', '21.9 GB', '21.9 TB'],
      ['PostgreSQL, a year', '263 GB', '263 TB'],
      ['one pg_dump of a year', '8.76 min', '6.08 days'],
      ['days a second, all written in 4 h', '1', '1,000'],
      ['author calls a second', '5', '5,000'],
      ['use of the calls a second that the ledger takes', '1 %', '1,000 %'],
      ['author tokens a minute, of the fake’s length', '1,200,000', '1,200,000,000'],
      ['time of one planner to begin all days', '2.16 s', '36 min'],
      ['worker processes, by their CPU', '1', '40'],
      ['worker processes, by the calls that they wait for', '13', '12,500'],
      ['worker processes, were the offline author to write all', '1', '20'],
      ['cores of PostgreSQL', '1', '30'],
      ['PostgreSQL’s write-ahead log, a second', '100 kB', '100 MB'],
      ['use of the one core that a Redis has', '0.2 %', '200 %'],
      ['reads a second, each day 6 times an hour', '24', '24,000'],
      ['api processes, were all of them in memory', '1', '1'],
      ['api processes, were none of them cached', '1', '96'],
      ['cores of PostgreSQL, were none of them cached', '1', '48'],
    ]);
  });

  it('shows the measured figure in each formula', () => {
    const formulas = needsOf(figures).map(({ formula }) => formula);
    expect(formulas).toContain('N × 1,000 bytes');
    expect(formulas).toContain('N × 365 × 50 experiences × 2 s / 1,000,000');
    expect(formulas).toContain('days/s × 28 ms / 0.7, rounded up');
  });

  it('names the figures that are missing', () => {
    const some = figures.filter(({ id }) => !['backup', 'due-days'].includes(id));
    expect(() => needsOf(some)).toThrow('The figures lack due-days, backup: run all measurements.');
  });
});
