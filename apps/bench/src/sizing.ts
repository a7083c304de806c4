import { formatBytes, formatNumber, formatSeconds } from './format.js';
import type { JudgedFigure } from './report.js';

// What a number of characters would need, computed from measured figures. What was not measured and has
// to be supposed is in `suppositions`, and the document says so.

export const suppositions = {
  nightHours: 4,
  secondsPerCall: 20,
  callsAtOnce: 8,
  busy: 0.7,
  readsPerHour: 6,
};

/** What each of them means. */
export const suppositionWords: readonly string[] = [
  `all days of a date are written in ${suppositions.nightHours} hours, by Gemini, with texts as long as the offline author’s;`,
  `a call to a real model takes ${suppositions.secondsPerCall} s;`,
  `a worker process waits for ${suppositions.callsAtOnce} calls at once (\`WORKER_CONCURRENCY\`);`,
  `a core is used up to ${suppositions.busy * 100} %;`,
  `each day is looked at ${suppositions.readsPerHour} times an hour.`,
];

/** Something that grows with the characters, N: in words, how it is computed, and what comes out. */
export interface Need {
  what: string;
  formula: string;
  of(characters: number): string;
}

/** Throws an Error that names the figures which are missing. */
export function needsOf(figures: readonly JudgedFigure[]): Need[] {
  const measured = lookUp(figures);
  return [...memoryAndDisk(measured), ...night(measured), ...readers(measured)];
}

type Measured = ReturnType<typeof lookUp>;

function lookUp(figures: readonly JudgedFigure[]) {
  const missing: string[] = [];
  const value = (
    id: string,
    of: (figure: JudgedFigure) => number | undefined = (it) => it.value,
  ) => {
    const figure = figures.find((each) => each.id === id);
    const found = figure && of(figure);
    if (found === undefined) missing.push(id);
    return found ?? Number.NaN;
  };
  const measured = {
    bytesPerJob: value('redis-per-waiting-job'),
    bytesPerPackedJob: value('redis-per-waiting-job-packed'),
    bytesPerDay: value('postgres-per-day'),
    jsonPerDay: value('postgres-per-day', ({ floor }) => floor?.value),
    walPerDay: value('wal-per-day'),
    experiencesPerDay: value('experiences-per-day'),
    callsPerDay: value('author-calls-per-day'),
    tokensPerDay: value('input-tokens-per-day') + value('output-tokens-per-day'),
    workerMs: value('worker-cpu-gemini'),
    offlineMs: value('worker-cpu-offline'),
    postgresMs: value('postgres-cpu-per-day'),
    redisMs: value('redis-cpu-per-day'),
    ledgerPerSecond: value('ledger-calls-per-second'),
    beginSeconds: value('due-days'),
    cachedPerSecond: value('cached-day-of-http'),
    firstReadMs: value('first-read-api-cpu'),
    firstReadPostgresMs: value('first-read-postgres-cpu'),
    dumpSeconds: value('backup'),
  };
  if (missing.length === 0) return measured;
  throw new Error(`The figures lack ${missing.join(', ')}: run all measurements.`);
}

const daysPerMonth = 365 / 12;
/** How many characters and experiences the figures are about that are not about one day. */
const per = { dueDays: 100_000, backup: 1_000_000 };

function memoryAndDisk(measured: Measured): Need[] {
  const { bytesPerJob, bytesPerPackedJob, bytesPerDay, jsonPerDay } = measured;
  const { experiencesPerDay, dumpSeconds } = measured;
  const bytes = (what: string, formula: string, perCharacter: number): Need => ({
    what,
    formula,
    of: (characters) => formatBytes(characters * perCharacter),
  });
  const [job, packed] = [bytesPerJob, bytesPerPackedJob].map(formatNumber);
  const [day, json] = [bytesPerDay, jsonPerDay].map(formatNumber);
  const inYear = 365 * experiencesPerDay;
  return [
    bytes('Redis memory, all days waiting at once', `N × ${job} bytes`, bytesPerJob),
    bytes('the same with packed jobs', `N × ${packed} bytes`, bytesPerPackedJob),
    bytes('Redis memory of the cache, each day read within 24 h', `N × ${json} bytes`, jsonPerDay),
    bytes('PostgreSQL, a day', `N × ${day} bytes`, bytesPerDay),
    bytes('PostgreSQL, a month', `N × ${day} bytes × 365 / 12`, bytesPerDay * daysPerMonth),
    bytes('PostgreSQL, a year', `N × ${day} bytes × 365`, bytesPerDay * 365),
    {
      what: 'one pg_dump of a year',
      formula: `N × 365 × ${formatNumber(experiencesPerDay)} experiences × ${formatNumber(dumpSeconds)} s / 1,000,000`,
      of: (characters) => formatSeconds((characters * inYear * dumpSeconds) / per.backup),
    },
  ];
}

function night(measured: Measured): Need[] {
  const { nightHours, secondsPerCall, callsAtOnce, busy } = suppositions;
  const { callsPerDay, tokensPerDay, walPerDay, beginSeconds, ledgerPerSecond } = measured;
  const daysASecond = (characters: number) => characters / (nightHours * 3600);
  const callsASecond = (characters: number) => daysASecond(characters) * callsPerDay;
  const cores = (what: string, ms: number): Need => ({
    what,
    formula: `days/s × ${formatNumber(ms)} ms / ${busy}, rounded up`,
    of: (characters) => whole((daysASecond(characters) * ms) / 1000 / busy),
  });
  return [
    {
      what: `days a second, all written in ${nightHours} h`,
      formula: `days/s = N / (${nightHours} × 3600 s)`,
      of: (characters) => formatNumber(daysASecond(characters)),
    },
    {
      what: 'author calls a second',
      formula: `calls/s = days/s × ${formatNumber(callsPerDay)}`,
      of: (characters) => formatNumber(callsASecond(characters)),
    },
    {
      what: 'use of the calls a second that the ledger takes',
      formula: `calls/s / ${formatNumber(ledgerPerSecond)}`,
      of: (characters) => percent(callsASecond(characters) / ledgerPerSecond),
    },
    {
      what: 'author tokens a minute, of the fake’s length',
      formula: `days/s × ${formatNumber(tokensPerDay)} × 60`,
      of: (characters) => formatNumber(daysASecond(characters) * tokensPerDay * 60),
    },
    {
      what: 'time of one planner to begin all days',
      formula: `N × ${formatNumber(beginSeconds)} s / 100,000`,
      of: (characters) => formatSeconds((characters * beginSeconds) / per.dueDays),
    },
    cores('worker processes, by their CPU', measured.workerMs),
    {
      what: 'worker processes, by the calls that they wait for',
      formula: `calls/s × ${secondsPerCall} s / ${callsAtOnce}, rounded up`,
      of: (characters) => whole((callsASecond(characters) * secondsPerCall) / callsAtOnce),
    },
    cores('worker processes, were the offline author to write all', measured.offlineMs),
    cores('cores of PostgreSQL', measured.postgresMs),
    {
      what: 'PostgreSQL’s write-ahead log, a second',
      formula: `days/s × ${formatNumber(walPerDay)} bytes`,
      of: (characters) => formatBytes(daysASecond(characters) * walPerDay),
    },
    {
      what: 'use of the one core that a Redis has',
      formula: `days/s × ${formatNumber(measured.redisMs)} ms`,
      of: (characters) => percent((daysASecond(characters) * measured.redisMs) / 1000),
    },
  ];
}

function readers({ cachedPerSecond, firstReadMs, firstReadPostgresMs }: Measured): Need[] {
  const { readsPerHour, busy } = suppositions;
  const readsASecond = (characters: number) => (characters * readsPerHour) / 3600;
  const byCpu = (what: string, ms: number): Need => ({
    what,
    formula: `reads/s × ${formatNumber(ms)} ms / ${busy}, rounded up`,
    of: (characters) => whole((readsASecond(characters) * ms) / 1000 / busy),
  });
  return [
    {
      what: `reads a second, each day ${readsPerHour} times an hour`,
      formula: `reads/s = N × ${readsPerHour} / 3600 s`,
      of: (characters) => formatNumber(readsASecond(characters)),
    },
    {
      what: 'api processes, were all of them in memory',
      formula: `reads/s / (${formatNumber(cachedPerSecond)} × ${busy}), rounded up`,
      of: (characters) => whole(readsASecond(characters) / (cachedPerSecond * busy)),
    },
    byCpu('api processes, were none of them cached', firstReadMs),
    byCpu('cores of PostgreSQL, were none of them cached', firstReadPostgresMs),
  ];
}

/** Rounded up, but not for what a division of doubles leaves. */
function whole(count: number): string {
  return formatNumber(Math.ceil(Number(count.toPrecision(12))));
}

function percent(share: number): string {
  return `${formatNumber(share * 100)} %`;
}
