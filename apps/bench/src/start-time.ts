import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ProcessEnvironment } from '@texas-ai/config';
import { type Figure, median } from './figure.js';

const repeats = 3;

/** From `npm -s start -- --once`, everything set up, to the printed day and a stopped system. */
export async function measureStart(
  root: string,
  home: string,
  port: number,
  environment: ProcessEnvironment,
): Promise<Figure> {
  const env = { ...environment, TEXAS_HOME: home, PORT: String(port) };
  const start = (date: string) =>
    timed('npm', ['-s', 'start', '--', '--once', '--date', date], root, env);
  const today = new Date();
  const dateAt = (days: number) =>
    new Date(today.getTime() + days * 86_400_000).toISOString().slice(0, 10);
  await start(dateAt(0));
  const times: number[] = [];
  const floors: number[] = [];
  for (let index = 1; index <= repeats; index++) {
    times.push(await start(dateAt(index)));
    floors.push(await timed('npm', ['-s', 'exec', '--', 'node', '-e', '0'], root, env));
  }
  return {
    name: 'npm -s start -- --once, set up, a new day',
    value: median(times) / 1000,
    unit: 's',
    aim: '4, at most 8',
    floor: { name: 'npm running an empty program', value: median(floors) / 1000 },
  };
}

async function timed(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv) {
  const began = performance.now();
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  return performance.now() - began;
}
