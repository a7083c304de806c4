import { formatBytes, formatNumber, formatSeconds } from './format.js';
import type { JudgedFigure } from './report.js';

// The resources that a number of characters would need, computed from measured figures and from
// `assumptions`, which the document lists.

export const assumptions = {
  nightHours: 4,
  secondsPerCall: 20,
  concurrentCalls: 8,
  utilisation: 0.7,
  readsPerHour: 6,
};

/** The assumptions in words. */
export const assumptionWords: readonly string[] = [
  `all days of a date are written in ${assumptions.nightHours} hours, by Gemini, with texts as long as the offline author’s;`,
  `a call to a real model takes ${assumptions.secondsPerCall} s;`,
  `a worker process makes ${assumptions.concurrentCalls} concurrent calls (\`WORKER_CONCURRENCY\`);`,
  `each core is used up to ${assumptions.utilisation * 100} %;`,
  `each day is read ${assumptions.readsPerHour} times per hour.`,
];

/** A resource that grows with the number of characters, N: its name, its formula and its amount. */
export interface Need {
  resource: string;
  formula: string;
  of(characters: number): string;
}

/** Throws an Error that names the missing figures. */
export function needsOf(figures: readonly JudgedFigure[]): Need[] {
  const measured = lookUp(figures);
  return [...memoryAndDisk(measured), ...night(measured), ...readers(measured)];
}

type Measured = ReturnType<typeof lookUp>;

function lookUp(figures: readonly JudgedFigure[]) {
  const missing: string[] = [];
  const value = (
    id: string,
    of: (figure: JudgedFigure) => number | undefined = (figure) => figure.value,
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
/** The number of characters, or of experiences, behind the figures that are not per day. */
const per = { dueDays: 100_000, backup: 1_000_000 };

function memoryAndDisk(measured: Measured): Need[] {
  const { bytesPerJob, bytesPerPackedJob, bytesPerDay, jsonPerDay } = measured;
  const { experiencesPerDay, dumpSeconds } = measured;
  const bytes = (resource: string, formula: string, perCharacter: number): Need => ({
    resource,
    formula,
    of: (characters) => formatBytes(characters * perCharacter),
  });
  const [job, packed] = [bytesPerJob, bytesPerPackedJob].map(formatNumber);
  const [day, json] = [bytesPerDay, jsonPerDay].map(formatNumber);
  const inYear = 365 * experiencesPerDay;
  return [
    bytes('Redis memory, all days waiting at once', `N × ${job} bytes`, bytesPerJob),
    bytes('… with packed jobs', `N × ${packed} bytes`, bytesPerPackedJob),
    bytes('Redis memory of the cache, each day read within 24 h', `N × ${json} bytes`, jsonPerDay),
    bytes('PostgreSQL, a day', `N × ${day} bytes`, bytesPerDay),
    bytes('PostgreSQL, a month', `N × ${day} bytes × 365 / 12`, bytesPerDay * daysPerMonth),
    bytes('PostgreSQL, a year', `N × ${day} bytes × 365`, bytesPerDay * 365),
    {
      resource: 'one pg_dump of a year',
      formula: `N × 365 × ${formatNumber(experiencesPerDay)} experiences × ${formatNumber(dumpSeconds)} s / 1,000,000`,
      of: (characters) => formatSeconds((characters * inYear * dumpSeconds) / per.backup),
    },
  ];
}

function night(measured: Measured): Need[] {
  const { nightHours, secondsPerCall, concurrentCalls, utilisation } = assumptions;
  const { callsPerDay, tokensPerDay, walPerDay, beginSeconds } = measured;
  const daysPerSecond = (characters: number) => characters / (nightHours * 3600);
  const callsPerSecond = (characters: number) => daysPerSecond(characters) * callsPerDay;
  const cores = (resource: string, ms: number): Need => ({
    resource,
    formula: `days/s × ${formatNumber(ms)} ms / ${utilisation}, rounded up`,
    of: (characters) => roundUp((daysPerSecond(characters) * ms) / 1000 / utilisation),
  });
  return [
    {
      resource: `days per second, all written in ${nightHours} h`,
      formula: `days/s = N / (${nightHours} × 3600 s)`,
      of: (characters) => formatNumber(daysPerSecond(characters)),
    },
    {
      resource: 'author calls per second',
      formula: `calls/s = days/s × ${formatNumber(callsPerDay)}`,
      of: (characters) => formatNumber(callsPerSecond(characters)),
    },
    {
      resource: 'author tokens per minute, with texts as long as the fake’s',
      formula: `days/s × ${formatNumber(tokensPerDay)} × 60`,
      of: (characters) => formatNumber(daysPerSecond(characters) * tokensPerDay * 60),
    },
    {
      resource: 'time for one planner to start all days',
      formula: `N × ${formatNumber(beginSeconds)} s / 100,000`,
      of: (characters) => formatSeconds((characters * beginSeconds) / per.dueDays),
    },
    cores('worker processes, by CPU', measured.workerMs),
    {
      resource: 'worker processes, by concurrent calls',
      formula: `calls/s × ${secondsPerCall} s / ${concurrentCalls}, rounded up`,
      of: (characters) => roundUp((callsPerSecond(characters) * secondsPerCall) / concurrentCalls),
    },
    cores('worker processes, if the offline author writes all days', measured.offlineMs),
    cores('PostgreSQL cores', measured.postgresMs),
    {
      resource: 'PostgreSQL write-ahead log per second',
      formula: `days/s × ${formatNumber(walPerDay)} bytes`,
      of: (characters) => formatBytes(daysPerSecond(characters) * walPerDay),
    },
    {
      resource: 'utilisation of the single core of Redis',
      formula: `days/s × ${formatNumber(measured.redisMs)} ms`,
      of: (characters) => percent((daysPerSecond(characters) * measured.redisMs) / 1000),
    },
  ];
}

function readers({ cachedPerSecond, firstReadMs, firstReadPostgresMs }: Measured): Need[] {
  const { readsPerHour, utilisation } = assumptions;
  const readsPerSecond = (characters: number) => (characters * readsPerHour) / 3600;
  const byCpu = (resource: string, ms: number): Need => ({
    resource,
    formula: `reads/s × ${formatNumber(ms)} ms / ${utilisation}, rounded up`,
    of: (characters) => roundUp((readsPerSecond(characters) * ms) / 1000 / utilisation),
  });
  return [
    {
      resource: `reads per second, each day ${readsPerHour} times per hour`,
      formula: `reads/s = N × ${readsPerHour} / 3600 s`,
      of: (characters) => formatNumber(readsPerSecond(characters)),
    },
    {
      resource: 'api processes, if all reads are served from memory',
      formula: `reads/s / (${formatNumber(cachedPerSecond)} × ${utilisation}), rounded up`,
      of: (characters) => roundUp(readsPerSecond(characters) / (cachedPerSecond * utilisation)),
    },
    byCpu('api processes, if no read is cached', firstReadMs),
    byCpu('PostgreSQL cores, if no read is cached', firstReadPostgresMs),
  ];
}

/** Rounds up, ignoring floating-point errors. */
function roundUp(count: number): string {
  return formatNumber(Math.ceil(Number(count.toPrecision(12))));
}

function percent(share: number): string {
  return `${formatNumber(share * 100)} %`;
}
