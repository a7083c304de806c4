import { measureDayCosts } from '../day-costs.js';
import { defineMeasurement } from '../measurement.js';
import { startProduct } from '../product.js';

const days = 200;

/** The size of a day by the offline author in PostgreSQL, and its cost for the worker. */
export const daySize = defineMeasurement({
  id: 'day-size',
  title: `Size of ${days} days by the offline author in PostgreSQL`,
  needs: [],
  async measure(bench) {
    const product = await startProduct(bench);
    const costs = await measureDayCosts(bench, product, days);
    await product.stop();
    const json = { name: 'its JSON as the api returns it', value: costs.jsonBytes };
    return [
      {
        id: 'postgres-per-day',
        name: 'PostgreSQL storage per published day, tables and indexes',
        value: costs.tableBytes,
        unit: 'bytes',
        floor: json,
      },
      {
        id: 'wal-per-day',
        name: 'PostgreSQL write-ahead log per day',
        value: costs.walBytes,
        unit: 'bytes',
        floor: json,
      },
      { id: 'rows-per-day', name: 'rows per day', value: costs.rows, unit: 'rows' },
      {
        id: 'experiences-per-day',
        name: 'experiences per day',
        value: costs.experiences,
        unit: 'rows',
      },
      {
        id: 'worker-cpu-offline',
        name: 'worker CPU per day by the offline author',
        value: costs.workerCpuMs,
        unit: 'ms',
      },
    ];
  },
});
