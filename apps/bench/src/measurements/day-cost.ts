import { startFakeGemini } from '@texas-ai/testing';
import { measureDayCosts } from '../day-costs.js';
import { defineMeasurement } from '../measurement.js';
import { startProduct } from '../product.js';

const days = 200;
/** The plan and the default number of chapters. */
const plannedCalls = 1 + 4;

/**
 * The cost of a day by a remote author: a fake Gemini that responds immediately, with shorter texts, and so fewer
 * tokens, than a real one.
 */
export const dayCost = defineMeasurement({
  id: 'day-cost',
  title: `Cost of ${days} days by a fake Gemini`,
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
      name: `${name} per day, as counted by the fake Gemini`,
      value,
      unit: 'tokens',
    });
    return [
      {
        id: 'author-calls-per-day',
        name: 'author calls per day',
        value: costs.calls,
        unit: 'calls',
        floor: { name: 'one for the plan, four for chapters', value: plannedCalls },
      },
      tokens('input-tokens-per-day', 'input tokens', costs.inputTokens),
      tokens('output-tokens-per-day', 'output tokens', costs.outputTokens),
      {
        id: 'postgres-per-day-gemini',
        name: 'PostgreSQL storage per day by the fake Gemini, including the ledger',
        value: costs.tableBytes,
        unit: 'bytes',
        floor: { name: 'its JSON as the api returns it', value: costs.jsonBytes },
      },
      cpu('worker-cpu-gemini', 'worker CPU per day by the fake Gemini', costs.workerCpuMs),
      cpu('postgres-cpu-per-day', 'PostgreSQL CPU per day by the fake Gemini', costs.postgresCpuMs),
      cpu('redis-cpu-per-day', 'Redis CPU per day by the fake Gemini', costs.redisCpuMs),
    ];
  },
});
