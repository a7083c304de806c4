import { describe, expect, it } from '@jest/globals';
import { sizingFigures as figures } from '../test/example-report.js';
import { needsOf } from './sizing.js';

describe('the sizing', () => {
  // 14,400 characters in four hours are one day per second.
  it('is computed from the figures for any number of characters', () => {
    const one = needsOf(figures).map(({ resource, of }) => [resource, of(14_400), of(14_400_000)]);
    expect(one).toEqual([
      ['Redis memory, all days waiting at once', '14.4 MB', '14.4 GB'],
      ['… with packed jobs', '8.64 MB', '8.64 GB'],
      ['Redis memory of the cache, each day read within 24 h', '360 MB', '360 GB'],
      ['PostgreSQL, a day', '720 MB', '720 GB'],
      ['PostgreSQL, a month', '21.9 GB', '21.9 TB'],
      ['PostgreSQL, a year', '263 GB', '263 TB'],
      ['one pg_dump of a year', '8.76 min', '6.08 days'],
      ['days per second, all written in 4 h', '1', '1,000'],
      ['author calls per second', '5', '5,000'],
      ['author tokens per minute, with texts as long as the fake’s', '1,200,000', '1,200,000,000'],
      ['time for one planner to start all days', '2.16 s', '36 min'],
      ['worker processes, by CPU', '1', '40'],
      ['worker processes, by concurrent calls', '13', '12,500'],
      ['worker processes, if the offline author writes all days', '1', '20'],
      ['PostgreSQL cores', '1', '30'],
      ['PostgreSQL write-ahead log per second', '100 kB', '100 MB'],
      ['utilisation of the single core of Redis', '0.2 %', '200 %'],
      ['reads per second, each day 6 times per hour', '24', '24,000'],
      ['api processes, if all reads are served from memory', '1', '1'],
      ['api processes, if no read is cached', '1', '96'],
      ['PostgreSQL cores, if no read is cached', '1', '48'],
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
