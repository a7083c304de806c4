import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { processEnvironment } from '@texas-ai/config';
import { daySchema } from '@texas-ai/life';
import { freePort, startFakeGemini, until } from '@texas-ai/testing';
import { root } from './product.js';

// The built product as a user starts it: real processes, private servers, a separate home.

const run = promisify(execFile);
const canary = 'canary-8d1f0c77e2b94a55';
const secrets = {
  GEMINI_API_KEY: `AIza-${canary}-gemini`,
  INTERNAL_API_KEY: `texas_internal_${canary}_bootstrap`,
  MATTERMOST_TOKEN: `${canary}-mattermost`,
  HEFENG_API_KEY: `${canary}-hefeng`,
};

let home: string;
let port: number;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'texas-start-'));
  // With root the servers run as another user; without access to the home they would use another folder.
  chmodSync(home, 0o755);
  port = await freePort();
});
afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

function environment(more: Record<string, string> = {}): Record<string, string> {
  const { PATH = '', HOME = '/' } = processEnvironment();
  // Variables for psql do not apply to the private server.
  const libpq = {
    PGSSLMODE: 'require',
    PGOPTIONS: '-c search_path=other',
    PGHOST: 'nowhere.invalid',
  };
  return { PATH, HOME, ...libpq, TEXAS_HOME: home, PORT: String(port), ...more };
}

const logOf = (file: string) => readFileSync(join(home, 'logs', file), 'utf8');

const runOnce = (args: string[], more: Record<string, string> = {}) =>
  run('npm', ['start', '--', '--once', ...args], {
    cwd: root,
    env: environment(more),
    timeout: 300_000,
  });

describe('npm start', () => {
  test('--once --json prints one document, the day of today, and leaves nothing running', async () => {
    const { stdout } = await runOnce(['--json']);
    const day = daySchema.parse(JSON.parse(stdout));
    expect(day).toMatchObject({ character: 'texas', generation: { author: 'offline' } });
    expect(day.items[0]?.start).toBe('00:00');
    expect(day.items.at(-1)?.end).toBe('24:00');
    expect(processesOf(home)).toEqual([]);
    for (const app of ['api.log', 'worker.log']) {
      expect(logOf(app).match(/no alert channel is configured/g)).toHaveLength(1);
    }
    const again = daySchema.parse(
      JSON.parse((await runOnce(['--date', day.date, '--json'])).stdout),
    );
    expect(again.generation.id).toBe(day.generation.id);
  }, 600_000);

  test('with Gemini: no process writes a secret anywhere', async () => {
    const gemini = await startFakeGemini({ expectedKey: secrets.GEMINI_API_KEY });
    try {
      const { stdout, stderr } = await runOnce(['--date', tomorrow()], {
        ...secrets,
        MATTERMOST_HOST: 'http://127.0.0.1:9',
        MATTERMOST_OWNER: 'owner',
        GEMINI_BASE_URL: gemini.url,
        LOG_LEVEL: 'debug',
      });
      expect(gemini.calls.length).toBe(5);
      expect(stdout).toContain('gemini');
      for (const text of [stderr, logOf('api.log'), logOf('worker.log')]) {
        expect(text.match(/no effect in this version: mattermost/g)).toHaveLength(1);
      }
      const logs = readdirSync(join(home, 'logs')).map(logOf);
      expect(logs.join('').length).toBeGreaterThan(1000);
      for (const written of [stdout, stderr, ...logs]) expect(written).not.toContain(canary);
    } finally {
      await gemini.stop();
    }
  }, 600_000);

  test('with a key that may not use the model: says what to set, before the offline day', async () => {
    const key = `AQ.${canary}`;
    const gemini = await startFakeGemini({ expectedKey: key });
    gemini.refuse('newUser');
    try {
      const { stdout, stderr } = await runOnce(['--date', tomorrow(5), '--json'], {
        GEMINI_API_KEY: key,
        GEMINI_BASE_URL: gemini.url,
        GEMINI_MODEL: 'gemini-flash-latest',
      });
      const code = 'author_model_unavailable';
      expect(daySchema.parse(JSON.parse(stdout)).generation).toMatchObject({
        author: 'offline',
        fallback: { from: 'gemini', to: 'offline', code },
      });
      const lines = stderr.trim().split('\n');
      expect(lines[0]).toMatch(/^The price of gemini-flash-latest is not known/);
      expect(lines.filter((line) => line.includes('set GEMINI_MODEL to one of'))).toHaveLength(1);
      expect(lines.at(-1)).toContain(
        `The offline author wrote this day in place of gemini (${code})`,
      );
      expect(`${stdout}${stderr}${logOf('worker.log')}`).not.toContain(canary);
      expect(gemini.calls.length).toBeLessThanOrEqual(1);
      expect(logOf('worker.log')).toContain('The price of gemini-flash-latest is not known');
    } finally {
      await gemini.stop();
    }
  });

  test.each([
    [['--date', '2025-02-30'], {}, /--date: “2025-02-30” is not a date/],
    [['--character', 'nobody'], {}, /there is no “nobody”, only texas/],
    [[], { PORT: 'eighty' }, /PORT/],
  ])('%j %j ends with one clear sentence and not 0', async (args, more, sentence) => {
    const failure = await runOnce(args, more).catch((error) => error);
    expect(failure.code).toBeGreaterThan(0);
    expect(failure.stderr).toMatch(sentence);
    expect(processesOf(home)).toEqual([]);
  });

  test('a port in use is one sentence, and nothing is left running', async () => {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    const failure = await runOnce([]).catch((error) => error);
    server.close();
    expect(failure.code).toBe(1);
    expect(failure.stderr.trim()).toMatch(
      new RegExp(`^Port ${port} on 127.0.0.1 is already in use`),
    );
    expect(failure.stderr.trim().split('\n')).toHaveLength(1);
    expect(processesOf(home)).toEqual([]);
  });

  test('neither SIGKILL of npm or the launcher nor SIGINT leaves an orphan', async () => {
    for (const kill of ['npm', 'launcher', 'interrupt'] as const) {
      const child = spawn('npm', ['start'], {
        cwd: root,
        env: environment({ BASE_PATH: '/texas' }),
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
      });
      let said = '';
      for await (const chunk of child.stdout) {
        said += String(chunk);
        if (said.includes('Ctrl-C')) break;
      }
      const [, url = ''] = /The API is running at (\S+)\. /.exec(said) ?? [];
      expect(url).toBe(`http://127.0.0.1:${port}/texas`);
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
      expect(processesOf(home).length).toBeGreaterThanOrEqual(4);
      const pid = child.pid ?? 0;
      if (kill === 'npm') process.kill(pid, 'SIGKILL');
      if (kill === 'launcher') process.kill(launcherBelow(pid), 'SIGKILL');
      if (kill === 'interrupt') process.kill(-pid, 'SIGINT');
      await until(() => processesOf(home).length === 0);
    }
  }, 600_000);
});

describe('the production entry of the api', () => {
  test('prints once what to do about a port in use', async () => {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    const env = environment({
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      REDIS_URL: 'redis://127.0.0.1:1',
      LOG_LEVEL: 'error',
    });
    const entry = join(root, 'apps/api/dist/main.js');
    const failure = await run(process.execPath, [entry], { env }).catch((error) => error);
    server.close();
    expect(failure.code).toBe(1);
    expect(failure.stderr.trim()).toBe(
      `The api could not start: Port ${port} on 127.0.0.1 is already in use. Stop the other program or set PORT.`,
    );
  });
});

describe('kill -9 of the worker', () => {
  test('during a generation: it is finished, and the stored plan is not requested again', async () => {
    const gemini = await startFakeGemini({ latencyMs: 400 });
    const child = spawn('npm', ['start', '--', '--once', '--date', tomorrow(3), '--json'], {
      cwd: root,
      env: environment({ GEMINI_API_KEY: 'any-key-at-all', GEMINI_BASE_URL: gemini.url }),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    // The plan is stored and chapters are being written.
    await gemini.called(2);
    const worker = processesOf(home).find(({ command }) => command.includes('worker/dist/main.js'));
    process.kill(worker?.pid ?? 0, 'SIGKILL');
    const [code] = await once(child, 'exit');
    await gemini.stop();
    expect(code).toBe(0);
    const day = daySchema.parse(JSON.parse(Buffer.concat(output).toString()));
    expect(day.generation.author).toBe('gemini');
    // One plan, and four chapters, of which those in flight at the kill are requested once more.
    expect(gemini.calls.filter(({ user }) => !user.includes('<slots>'))).toHaveLength(1);
    expect(gemini.calls.length).toBeGreaterThanOrEqual(5);
    expect(gemini.calls.length).toBeLessThanOrEqual(9);
  }, 600_000);
});

/** Processes with this home in their environment, except for zombies and this one. */
function processesOf(folder: string): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const variables = readFileSync(`/proc/${name}/environ`, 'utf8');
        const ours = variables.includes(folder) || command.includes(folder);
        return ours && command !== '' ? [{ pid: Number(name), command }] : [];
      } catch {
        return [];
      }
    });
}

function launcherBelow(npm: number): number {
  const launcher = processesOf(home).find(
    ({ pid, command }) =>
      command.includes('scripts/run.mjs') && !command.startsWith('npm') && pid !== npm,
  );
  return launcher?.pid ?? 0;
}

/** By the clock of the product's processes, which do not have the environment of the tests. */
function tomorrow(days = 1): string {
  const date = `new Date(Date.now() + ${days + 1} * 86_400_000).toISOString().slice(0, 10)`;
  const options = { env: environment(), encoding: 'utf8' } as const;
  return execFileSync(process.execPath, ['--print', date], options).trim();
}
