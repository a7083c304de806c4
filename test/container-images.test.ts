import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { processEnvironment } from '@texas-ai/config';
import { daySchema } from '@texas-ai/life';
import {
  freePort,
  makeTestDatabase,
  type TestDatabase,
  testServices,
  until,
} from '@texas-ai/testing';
import { readCompose } from './container-compose.js';
import { entriesBelow, type Images, makeImages } from './container-run.js';
import { dateFromToday, isReady, kill, root } from './product.js';

// The images, without a container engine: the steps of the Dockerfile are run in folders, and the result is run as in
// the compose file.

const apps = ['api', 'worker'] as const;
let images: Images;
beforeAll(async () => {
  images = await makeImages(readCompose());
}, 300_000);
afterAll(() => images?.remove(), 300_000);

describe.each(apps)('the file system of the image %s', (app) => {
  let tree: string;
  let paths: { path: string; isLink: boolean }[];
  beforeAll(() => {
    tree = join(images.stage(app).root, 'app');
    paths = entriesBelow(tree).map((entry) => ({
      path: join(entry.parentPath, entry.name),
      isLink: entry.isSymbolicLink(),
    }));
  });

  test('only steps that change the system were skipped', () => {
    expect(images.stage(app).skipped).toEqual(app === 'api' ? ['useradd'] : ['useradd', 'apt-get']);
    expect(readdirSync(images.stage(app).root)).toEqual(['app']);
  });

  test('has the app, the command line, and their dependencies', () => {
    expect(readdirSync(tree).sort()).toEqual(
      ['LICENSE', 'apps', 'config', 'node_modules', 'package.json', 'packages'].sort(),
    );
    expect(readdirSync(join(tree, 'apps')).sort()).toEqual([app, 'cli'].sort());
    expect(readdirSync(join(tree, 'packages'))).not.toContain('testing');
    const config = readdirSync(join(tree, 'config')).sort();
    expect(config).toEqual(['base.yml', 'characters', 'production.yml']);
    const own = paths.filter(({ path }) => !path.includes('node_modules'));
    expect(own.filter(({ path }) => /\.test\.|\.ts$|\.env$|local\.yml$/.test(path))).toEqual([]);
  });

  test('has no development files', () => {
    const development = developmentDependencies();
    expect(development).toEqual(expect.arrayContaining(['typescript', 'jest', 'turbo']));
    const installed = readdirSync(join(tree, 'node_modules/.pnpm')).map((each) =>
      each.replace('+', '/').replace(/(?<=.)@.*$/, ''),
    );
    expect(installed).toContain('@opentelemetry/api');
    const unwanted = installed.filter((name) => development.includes(name));
    // A library depends on these types.
    expect(unwanted).toEqual(['@types/node']);
  });

  test('has no broken links, and none to the outside', () => {
    const links = paths.filter(({ isLink }) => isLink);
    expect(links.length).toBeGreaterThan(100);
    for (const { path } of links) expect(realpathSync(path).startsWith(tree + sep)).toBe(true);
  });

  test('is small', () => {
    const sum = paths.reduce((size, { path }) => size + lstatSync(path).size, 0);
    const megabytes = Math.round(sum / 2 ** 20);
    process.stderr.write(`image ${app}: ${megabytes} MB, ${paths.length} files and folders\n`);
    expect(megabytes).toBeLessThan(100);
  });
});

/** Development dependencies of the workspace that are not needed at runtime. */
function developmentDependencies(): string[] {
  const folders = ['apps', 'packages'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(group, name)),
  );
  const manifests: Record<string, Record<string, string> | undefined>[] = ['.', ...folders].map(
    (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')),
  );
  const names = (kind: string) => manifests.flatMap((each) => Object.keys(each[kind] ?? {}));
  const needed = new Set(names('dependencies'));
  return [...new Set(names('devDependencies'))].filter((name) => !needed.has(name));
}

describe('as the compose file runs them', () => {
  let db: TestDatabase;
  const children: ChildProcess[] = [];
  const ports: Record<string, Record<string, string>> = { migrate: {} };
  beforeAll(async () => {
    db = await makeTestDatabase({ empty: true });
    const port = String(await freePort());
    for (const app of apps) ports[app] = { PORT: port, METRICS_PORT: String(await freePort()) };
  });
  afterAll(async () => {
    await Promise.all(children.map(kill));
    await db?.drop();
  }, 300_000);

  /** The variables of the compose file, with the servers of this test and free ports. */
  function environmentOf(service: string): Record<string, string> {
    const { hostname, port, username, pathname } = new URL(db.url);
    return {
      ...images.environmentOf(service),
      ...ports[service],
      PATH: processEnvironment().PATH ?? '',
      HOST: '127.0.0.1',
      POSTGRES_HOST: hostname,
      POSTGRES_PORT: port,
      POSTGRES_USER: username,
      POSTGRES_DB: pathname.slice(1),
      // No scheduled day besides the requested one.
      BACKUP_AUTOMATIC: 'false',
      // A private key space in Redis.
      REDIS_URL: `${testServices().redisUrl}/10`,
    };
  }

  const isHealthy = (app: string) =>
    images.run(app, environmentOf(app), images.healthcheckOf(app)).then(
      () => true,
      () => false,
    );

  test('migrate, api and worker write a day, make a backup and stop cleanly', async () => {
    const migrate = async () => (await images.run('migrate', environmentOf('migrate'))).stdout;
    expect(await migrate()).toMatch(/^Applied \d+: /);
    expect(await migrate()).toBe('The database is up to date.\n');

    for (const app of apps) children.push(images.start(app, environmentOf(app)));
    const url = `http://127.0.0.1:${ports.api?.PORT}`;
    await until(() => isReady(url), 120);
    for (const app of apps) await until(() => isHealthy(app), 120);

    const day = `${url}/v1/characters/texas/days/${await dateFromToday(db)}`;
    const key = readFileSync(images.secret('internal_api_key'), 'utf8').trim();
    const headers = { authorization: `Bearer ${key}` };
    const asked = await fetch(`${day}/generations`, { method: 'POST', headers });
    expect(asked.status).toBe(202);
    await until(async () => (await fetch(day, { headers })).status === 200, 120);
    const { generation, items } = daySchema.parse(await (await fetch(day, { headers })).json());
    expect([generation.author, items.at(-1)?.end]).toEqual(['offline', '24:00']);

    const command = ['node', 'apps/cli/dist/main.js', 'backup', 'create', '--json'];
    const backup = JSON.parse(
      (await images.run('worker', environmentOf('worker'), command)).stdout,
    );
    expect(backup.error).toBeNull();
    expect(readdirSync(join(images.data, 'backups'))).toContain(backup.file);

    for (const child of children) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
    }
    for (const app of apps) expect(await isHealthy(app)).toBe(false);
  }, 600_000);

  test('their user cannot write to the image', async () => {
    for (const path of ['.', 'config', 'apps/api/dist', 'node_modules']) {
      const write = `require('node:fs').writeFileSync('${path}/written', '')`;
      const tried = images.run('api', environmentOf('api'), ['node', '--eval', write]);
      await expect(tried).rejects.toMatchObject({ stderr: expect.stringContaining('EACCES') });
    }
  });

  test('Gemini without a key is an error that says what to do', async () => {
    const tried = images.run('worker', { ...environmentOf('worker'), AUTHOR: 'gemini' });
    await expect(tried).rejects.toMatchObject({
      code: 78,
      stderr: expect.stringContaining('GEMINI_API_KEY: expected a key'),
    });
  });
});
