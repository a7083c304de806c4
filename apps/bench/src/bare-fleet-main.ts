import { Queue, Worker } from 'bullmq';
import express from 'express';
import pg from 'pg';

// A naive system of two processes, without checks: each POST adds jobs; each job calls the author and stores
// the answer. `bare-fleet-main.js api PORT REDIS JOBS` or `… worker REDIS DATABASE CONCURRENCY URL REQUEST`.

const [role, ...values] = process.argv.slice(2);
if (role === 'api') {
  const [port, redisUrl, jobs] = values;
  const queue = new Queue('bare', {
    connection: { url: redisUrl ?? '', maxRetriesPerRequest: null },
  });
  const app = express();
  app.post('/days', async (_request, response) => {
    await queue.addBulk(Array.from({ length: Number(jobs) }, () => ({ name: 'call', data: {} })));
    response.status(202).end();
  });
  app.get('/', (_request, response) => void response.end());
  app.listen(Number(port), '127.0.0.1');
} else {
  const [redisUrl, databaseUrl, concurrency, authorUrl = '', body = ''] = values;
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  new Worker(
    'bare',
    async () => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(authorUrl, { method: 'POST', headers, body });
      await pool.query('INSERT INTO bare (content) VALUES ($1)', [await response.text()]);
    },
    {
      connection: { url: redisUrl ?? '', maxRetriesPerRequest: null },
      concurrency: Number(concurrency),
      removeOnComplete: { count: 0 },
    },
  );
}
