import type { Circumstances, JudgedFigure } from '../src/report.js';

// An example report for tests.

export const circumstances: Circumstances = {
  version: '1.0.0',
  commit: 'abc',
  modified: false,
  when: '2026-11-23T00:00:00Z',
  seconds: 90,
  loadBefore: 0.1,
  machine: {
    cpu: 'A CPU',
    cores: 2,
    memoryGb: 8,
    os: 'Debian',
    node: '20.0.0',
    postgresql: '15.1',
    redis: '7.0',
  },
};

/** Round numbers, so that results are easy to verify. */
const values = {
  'redis-per-waiting-job': 1_000,
  'redis-per-waiting-job-packed': 600,
  'postgres-per-day': 50_000,
  'wal-per-day': 100_000,
  'experiences-per-day': 50,
  'author-calls-per-day': 5,
  'input-tokens-per-day': 15_000,
  'output-tokens-per-day': 5_000,
  'worker-cpu-gemini': 28,
  'worker-cpu-offline': 14,
  'postgres-cpu-per-day': 21,
  'redis-cpu-per-day': 2,
  'ledger-calls-per-second': 500,
  'due-days': 15,
  'cached-day-of-http': 50_000,
  'first-read-api-cpu': 2.8,
  'first-read-postgres-cpu': 1.4,
  backup: 2,
};

export const sizingFigures = Object.entries(values).map(
  ([id, value]): JudgedFigure => ({
    id,
    measurement: 'm',
    name: id,
    value,
    unit: '',
    aim: null,
    aimWords: '',
    floor: id === 'postgres-per-day' ? { name: 'JSON', value: 25_000 } : null,
    ratio: null,
    range: null,
    standing: null,
    met: null,
  }),
);
