import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chapterPrompt } from '@texas-ai/life';
import { buildChapterBrief, buildPlan, buildSlots, freePort, until } from '@texas-ai/testing';
import pg from 'pg';
import type { Bench } from './measurement.js';
import { untilReady } from './product.js';
import { type Seen, watched } from './watched.js';

/** The calls of a day in a naive system. */
export const bareJobs = 13;

export interface BareOptions {
  authorUrl: string;
  concurrency: number;
  /** Before the measured ones. */
  warmDays: number;
  days: number;
}

/** Days of a naive system in two processes, which stores the answers to the same number of calls. */
export async function bareDays(
  bench: Bench,
  { authorUrl, concurrency, warmDays, days }: BareOptions,
): Promise<Seen> {
  const { supervisor, folder, servers } = bench;
  const main = fileURLToPath(new URL('./bare-fleet-main.js', import.meta.url));
  const port = await freePort();
  const logFile = (name: string) => join(folder, `${name}.log`);
  const start = (name: string, ...args: string[]) =>
    supervisor.spawn({
      name,
      command: process.execPath,
      args: [main, ...args],
      env: {},
      cwd: folder,
      logFile: logFile(name),
    });
  const pool = new pg.Pool({ connectionString: servers.databaseUrl, max: 1 });
  await pool.query('CREATE TABLE bare (id bigserial PRIMARY KEY, content text)');
  const apiPid = await start('bare-api', 'api', String(port), servers.redisUrl, String(bareJobs));
  const call = `${authorUrl}/v1beta/models/gemini-3.5-flash-lite:generateContent`;
  const workerPid = await start(
    'bare-worker',
    ...['worker', servers.redisUrl, servers.databaseUrl, String(concurrency), call, bareRequest()],
  );
  const url = `http://127.0.0.1:${port}`;
  await untilReady(`${url}/`, logFile('bare-api'));
  let requested = 0;
  const writeDays = async (more: number) => {
    requested += more;
    for (let day = 0; day < more; day++) await fetch(`${url}/days`, { method: 'POST' });
    await until(
      async () => {
        const { rows } = await pool.query<{ count: string }>('SELECT count(*) FROM bare');
        return Number(rows[0]?.count) >= requested * bareJobs;
      },
      3600,
      100,
    );
  };
  await writeDays(warmDays);
  const pids = { apiPid, workerPids: [workerPid] };
  const seen = await watched(bench, pids, days, () => writeDays(days));
  await Promise.all(['bare-api', 'bare-worker'].map((name) => supervisor.stop(name)));
  await pool.query('DROP TABLE bare');
  await pool.end();
  return seen;
}

/** A request for a few texts, as one of many that such a system makes for a day. */
function bareRequest(): string {
  const plan = buildPlan('zh');
  const slots = buildSlots(plan, [1]);
  const { system, user } = chapterPrompt(buildChapterBrief({ plan, slots }));
  const schema = { type: 'object', properties: { texts: { type: 'array' } } };
  return JSON.stringify({
    contents: [{ role: 'user', parts: [{ text: user }] }],
    systemInstruction: { parts: [{ text: system }] },
    generationConfig: { responseMimeType: 'application/json', responseJsonSchema: schema },
  });
}
