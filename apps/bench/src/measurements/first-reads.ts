import { type Figure, p99, rangeOf } from '../figure.js';
import { prepareDays } from '../fixtures.js';
import { type Bench, defineMeasurement } from '../measurement.js';
import { cpuSeconds, postgresCpuSeconds } from '../processes.js';
import { type Product, startProduct } from '../product.js';
import { experiencesPerDay, removeDays, storeDays, storedDate } from '../stored-days.js';

const rounds = 5;
const fewDays = 400;
/** Counted reads per round; the others are warm-up. */
const reads = 380;

/** Milliseconds per read with few and with many stored experiences, and seconds of CPU in total. */
interface Round {
  few: number[];
  many: number[];
  apiCpu: number;
  postgresCpu: number;
}

/**
 * Reads of days in neither level of the cache: with a million stored experiences, and with hardly more than those read.
 * Both are read alternately, so that other load affects both.
 */
export const firstReads = defineMeasurement({
  id: 'first-reads',
  title: 'Days read for the first time, with few and with a million experiences stored',
  needs: ['millionExperiences'],
  async measure(bench, { millionExperiences }) {
    const characters = Array.from({ length: rounds }, (_, round) => `few-${round}`);
    const pool = await prepareDays(bench.servers.databaseUrl, characters, bench.root, bench.logger);
    const few = await startApi(bench, 'few', bench.servers.databaseUrl);
    const many = await startApi(bench, 'many', millionExperiences.databaseUrl);
    const seen: Round[] = [];
    for (const [round, character] of characters.entries()) {
      await storeDays(pool, character, fewDays);
      const readBoth = async (from: number, to: number) => {
        const times = { few: [] as number[], many: [] as number[] };
        for (let day = from; day < to; day++) {
          times.few.push(await read(few, character, day));
          times.many.push(await read(many, millionExperiences.character, round * fewDays + day));
        }
        return times;
      };
      await readBoth(reads, fewDays);
      const apiCpu = cpuSeconds(few.apiPid) + cpuSeconds(many.apiPid);
      const postgresCpu = await postgresCpuSeconds(pool);
      const times = await readBoth(0, reads);
      seen.push({
        ...times,
        apiCpu: cpuSeconds(few.apiPid) + cpuSeconds(many.apiPid) - apiCpu,
        postgresCpu: (await postgresCpuSeconds(pool)) - postgresCpu,
      });
      await removeDays(pool, character);
    }
    await pool.end();
    await Promise.all([few.stop(), many.stop()]);
    return figuresOf(seen);
  },
});

function startApi(bench: Bench, name: string, databaseUrl: string): Promise<Product> {
  const { redisUrl } = bench.servers;
  return startProduct(bench, { name, servers: { databaseUrl, redisUrl }, workers: 0 });
}

/** Times one read, in milliseconds. */
async function read({ read }: Product, character: string, day: number): Promise<number> {
  const began = performance.now();
  await read(`/v1/characters/${character}/days/${storedDate(day)}`);
  return performance.now() - began;
}

function figuresOf(seen: readonly Round[]): Figure[] {
  const mean = (of: 'apiCpu' | 'postgresCpu') =>
    (seen.reduce((sum, round) => sum + round[of], 0) * 1000) / (2 * rounds * reads);
  return [
    {
      id: 'first-read-p99',
      name: 'p99 of a day read for the first time, with a million stored experiences',
      value: p99(seen.flatMap(({ many }) => many)),
      unit: 'ms',
      aim: { of: 'ratio', atMost: 1.2 },
      floor: {
        name: `${(fewDays * experiencesPerDay).toLocaleString('en')} stored experiences`,
        value: p99(seen.flatMap(({ few }) => few)),
      },
      range: rangeOf(seen.map(({ many }) => p99(many))),
    },
    {
      id: 'first-read-api-cpu',
      name: 'api CPU per day read for the first time',
      value: mean('apiCpu'),
      unit: 'ms',
    },
    {
      id: 'first-read-postgres-cpu',
      name: 'PostgreSQL CPU per day read for the first time',
      value: mean('postgresCpu'),
      unit: 'ms',
    },
  ];
}
