import { startFakeGemini } from '@texas-ai/testing';
import { measureDayCosts } from '../day-costs.js';
import { defineMeasurement } from '../measurement.js';
import { startProduct } from '../product.js';

const days = 200;
/** The plan and the default number of chapters. */
const plannedCalls = 1 + 4;

/**
 * The cost of a day by a remote author: a fake Gemini in another process that responds at once, with shorter texts, and
 * so fewer tokens, than a real one.
 */
export const dayCost = defineMeasurement({
  id: 'day-cost',
  title: `What ${days} days cost whose author is a fake Gemini`,
  needs: [],
  async measure(bench) {
    const gemini = await startFakeGemini();
    const product = await startProduct(bench, { geminiUrl: gemini.url });
    const costs = await measureDayCosts(bench, product, days);
    await product.stop();
    await gemini.stop();
    const cpu = (id: string, name: string, value: number) => ({ id, name, value, unit: 'ms' });
    const tokens = (id: string, name: string, value: number) => ({
      id,
      name: `${name} of a day, as the fake Gemini counts`,
      value,
      unit: 'tokens',
    });
    return [
      {
        id: 'author-calls-per-day',
        name: 'author calls of a day',
        value: costs.calls,
        unit: 'calls',
        floor: { name: 'one for the plan, four for chapters', value: plannedCalls },
      },
      tokens('input-tokens-per-day', 'tokens asked with', costs.inputTokens),
      tokens('output-tokens-per-day', 'tokens answered', costs.outputTokens),
      {
        id: 'postgres-per-day-gemini',
        name: 'PostgreSQL for such a day, its ledger of calls included',
        value: costs.tableBytes,
        unit: 'bytes',
        floor: { name: 'its JSON as the api answers it', value: costs.jsonBytes },
      },
      cpu('worker-cpu-gemini', 'CPU of a worker for a day by a Gemini at once', costs.workerCpuMs),
      cpu('postgres-cpu-per-day', 'CPU of PostgreSQL for such a day', costs.postgresCpuMs),
      cpu('redis-cpu-per-day', 'CPU of Redis for such a day', costs.redisCpuMs),
    ];
  },
});
