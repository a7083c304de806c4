import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort } from '@texas-ai/testing';
import { median, rangeOf } from '../figure.js';
import { timed } from '../gauges.js';
import { defineMeasurement } from '../measurement.js';

const repeats = 3;

/** From `npm -s start -- --once`, with everything set up, to the printed day and a stopped system. */
export const start = defineMeasurement({
  id: 'start',
  title: 'npm -s start -- --once with everything set up',
  needs: [],
  async measure({ root, folder, environment }) {
    const env = {
      // Only what npm needs: no database, author or key of the user.
      ...pick(environment, ['PATH', 'HOME', 'USER', 'TMPDIR', 'LANG']),
      TEXAS_HOME: join(folder, 'home'),
      PORT: String(await freePort()),
    };
    const npm = async (...args: string[]) => (await timed(() => runNpm(args, root, env))).seconds;
    const once = (days: number) => npm('start', '--', '--once', '--date', dateIn(days));
    await once(0);
    const times: number[] = [];
    const floors: number[] = [];
    for (let index = 1; index <= repeats; index++) {
      times.push(await once(index));
      floors.push(await npm('exec', '--', 'node', '-e', '0'));
    }
    return [
      {
        id: 'start',
        name: 'npm -s start -- --once, already set up, a new day',
        value: median(times),
        unit: 's',
        aim: { of: 'value', atMost: 4, limit: 8 },
        floor: { name: 'npm running an empty program', value: median(floors) },
        range: rangeOf(times),
      },
    ];
  },
});

function dateIn(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

async function runNpm(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn('npm', ['-s', ...args], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  if (code === 0) return;
  throw new Error(
    `npm ${args.join(' ')} ended with ${code}: ${stderr.trimEnd().split('\n').at(-1)}`,
  );
}

function pick(environment: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}
