import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { formatConfigProblems, loadConfig, type Needs, type ProcessEnvironment } from './index.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'texas-config-'));
  mkdirSync(join(root, 'config'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, text: string | Buffer): void {
  writeFileSync(join(root, file), text);
}

function problemsOf(environment: ProcessEnvironment, needs: Needs = {}): readonly string[] {
  try {
    loadConfig({ root, environment, needs });
  } catch (failure) {
    if (failure instanceof TexasError && failure.code === 'config_invalid') {
      return failure.details.problems as string[];
    }
    throw failure;
  }
  return [];
}

const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://db/texas',
  REDIS_URL: 'redis://redis:6379',
  AUTHOR: 'offline',
};

it('rejects NAME together with NAME_FILE, and files that cannot be read', () => {
  write('port', '99999');
  const environment = {
    PORT_FILE: 'port',
    REDIS_URL: 'redis://a',
    REDIS_URL_FILE: 'b',
    DATABASE_URL_FILE: '/no/such/file',
  };
  expect(problemsOf(environment, { database: true, redis: true })).toEqual([
    'DATABASE_URL_FILE: /no/such/file: cannot be read (ENOENT)',
    'REDIS_URL: expected either REDIS_URL or REDIS_URL_FILE, but both are set',
    'PORT_FILE: expected a whole number from 0 to 65535, got 99999',
  ]);
});

it('does not validate the unused form of an address', () => {
  const links = { POSTGRES_PORT: 'tcp://10.0.0.1:5432', REDIS_PORT: 'tcp://10.0.0.2:6379' };
  const secrets = { POSTGRES_PASSWORD_FILE: '/no/such/file', REDIS_PASSWORD: 'a' };
  const both = { ...links, ...secrets, REDIS_PASSWORD_FILE: 'b' };
  expect(problemsOf({ ...production, ...both })).toEqual([]);

  // Even if the URL comes from an earlier layer, or from a file that cannot be read.
  write('config/local.yml', 'database: {url: "postgres://db/texas", port: none, password: 5}\n');
  const unread = { ...production, DATABASE_URL: '', REDIS_URL: '', REDIS_URL_FILE: '/none' };
  expect(problemsOf({ ...unread, ...both })).toEqual([
    'REDIS_URL_FILE: /none: cannot be read (ENOENT)',
  ]);

  // Nor parts without a host: a private server uses none of them.
  const noServers = { NODE_ENV: 'development' };
  write('config/local.yml', 'database: {port: none}\n');
  expect(problemsOf({ ...noServers, ...both })).toEqual([]);

  // Parts in a later layer replace the URL of an earlier one.
  write('config/local.yml', 'database: {url: "mysql://db"}\n');
  expect(problemsOf({ ...production, DATABASE_URL: '', POSTGRES_HOST: 'db' })).toEqual([]);
});

it('explains a port that Kubernetes set', () => {
  const link = (name: string, range: string) =>
    `${name}: expected a whole number from ${range}, got "tcp://10.0.0.1:1", which Kubernetes sets for a service of that name: set enableServiceLinks: false for the pod`;
  const environment = {
    POSTGRES_HOST: 'db',
    POSTGRES_PORT: 'tcp://10.0.0.1:1',
    REDIS_HOST: 'redis',
    REDIS_PORT: 'tcp://10.0.0.1:1',
    METRICS_PORT: 'tcp://10.0.0.1:1',
  };
  expect(problemsOf(environment)).toEqual([
    link('POSTGRES_PORT', '1 to 65535'),
    link('REDIS_PORT', '1 to 65535'),
    link('METRICS_PORT', '0 to 65535'),
  ]);
});

it.each([
  'texas',
  '//texas',
  '/texas//',
  '/te xas',
  '/a//b',
  '/a/../b',
  '/.',
  '/texas?x=1',
  '/%2e',
  '/德克萨斯',
  'https://example.org/texas',
  '/v1',
  '/health/texas',
  '/admin',
])('rejects the base path %s', (path) => {
  expect(problemsOf({ BASE_PATH: path })).toEqual([
    expect.stringMatching(/^BASE_PATH: expected a path such as \/texas, .*, got "/),
  ]);
});

it('reports all problems at once, with the name that the user wrote and the expected value', () => {
  write('config/base.yml', 'server: {port: "80", prot: 1}\nworker: 5\nauthoring: {chapters: 1.5}');
  write('config/local.yml', 'a: b\nsecret: "hunter2');
  const environment = {
    PORT: 'abc',
    LOG_LEVEL: 'loud',
    TZ_DEFAULT: 'Mars/Olympus',
    WORKER_QUEUES: 'days,,x',
    AUTHOR: 'gemini',
    WEATHER_SOURCE: 'qweather',
    MATTERMOST_HOST: 'chat',
  };
  expect(problemsOf(environment)).toEqual([
    'config/local.yml:2:17: not valid YAML: Missing closing "quote',
    'config/base.yml: server.port: expected a whole number from 0 to 65535, got "80"',
    'config/base.yml: server.prot: unknown setting',
    'config/base.yml: authoring.chapters: expected a whole number from 1 to 24, got 1.5',
    'config/base.yml: worker: expected a mapping of settings, got 5',
    'TZ_DEFAULT: expected an IANA time zone, for example Asia/Shanghai, got "Mars/Olympus"',
    'PORT: expected a whole number from 0 to 65535, got "abc"',
    'LOG_LEVEL: expected error or warn or info or debug, got "loud"',
    'WORKER_QUEUES: expected all, or some of author-gemini, author-offline, days, outreach, maintenance, alerts, got days,,x',
    'GEMINI_API_KEY: expected a key, because AUTHOR is gemini',
    "HEFENG_API_HOST: expected the account's API host, because WEATHER_SOURCE is qweather",
    'HEFENG_API_KEY: expected a key, because WEATHER_SOURCE is qweather',
    'MATTERMOST_TOKEN: expected all of MATTERMOST_HOST, MATTERMOST_TOKEN, MATTERMOST_OWNER, or none',
    'MATTERMOST_OWNER: expected all of MATTERMOST_HOST, MATTERMOST_TOKEN, MATTERMOST_OWNER, or none',
  ]);
});

it.each(['', '\n', ' '])(
  'accepts the time zones of Temporal, but no abbreviations (followed by %j)',
  (end) => {
    expect(loadConfig({ root, environment: { TZ_DEFAULT: `Asia/Tokyo${end}` } }).timeZone).toBe(
      'Asia/Tokyo',
    );
    expect(problemsOf({ TZ_DEFAULT: `CST${end}` })).toEqual([
      'TZ_DEFAULT: expected an IANA time zone, for example Asia/Shanghai or America/Chicago, got "CST"',
    ]);
  },
);

it('never shows a secret, wherever it is', () => {
  const secret = 'hunter2 hunter2';
  write('config/base.yml', `database: "${secret}"\nredis: {cacheUrl: "${secret}"}\n`);
  write('config/development.yml', `alerts: {urls: {WeCom: "${secret}", slack: "${secret}"}}\n`);
  write('config/local.yml', `internalApiKey: {a: "${secret}"}\n- ${secret}: *${secret}\n`);
  const names = ['INTERNAL_API_KEY', 'GEMINI_API_KEY', 'HEFENG_API_KEY', 'MATTERMOST_TOKEN'];
  const urls = ['DATABASE_URL', 'REDIS_URL', 'GEMINI_BASE_URL', 'ALERT_BARK_URL'];
  const environment = Object.fromEntries([...names, ...urls].map((name) => [name, secret]));
  const problems = problemsOf(environment);
  expect(problems.join('\n')).not.toContain('hunter2');
  for (const name of [...names, ...urls, 'database', 'redis.cacheUrl', 'alerts.urls.slack']) {
    expect(problems).toContainEqual(expect.stringContaining(`${name}: expected`));
  }
  expect(problems).toContainEqual(expect.stringContaining('alerts.urls.WeCom: expected'));
});

const encoded =
  ' and has its user and password percent-encoded: # is written %23, / %2F, ? %3F, @ %40 and % %25';

it.each([
  'postgres://texas:my#pass@db:5432/texas',
  'postgres://texas:12#pass@db:5432/texas',
  'postgres://texas:my/pass@db/texas',
  'postgres://texas:12/pass@db/texas',
  'postgres://texas:my?pass@db/texas',
  'postgres://texas:12?pass@db/texas',
])('explains how to encode a password that breaks the URL: %s', (url) => {
  const postgres = 'expected a URL that starts with postgres:// or postgresql://';
  expect(problemsOf({ DATABASE_URL: url })).toEqual([`DATABASE_URL: ${postgres}${encoded}`]);
  const redis = url.replace('postgres', 'redis');
  expect(problemsOf({ REDIS_URL: redis, CACHE_REDIS_URL: redis })).toEqual([
    `REDIS_URL: expected a URL that starts with redis:// or rediss://${encoded}`,
    `CACHE_REDIS_URL: expected a URL that starts with redis:// or rediss://${encoded}`,
  ]);
  const [problem] = problemsOf({ ALERT_EMAIL_URL: url.replace('postgres', 'smtp') });
  expect(problem).toMatch(/^ALERT_EMAIL_URL: expected .*percent-encoded/);
});

const badPort = 'has a port from 1 to 65535 after its host';
const severalHosts = 'names one host, since several are not supported';
const badHost = 'has a valid name or address as its host';

it.each([
  ['h:99999', badPort],
  ['h:0/db', badPort],
  ['h:port/db', badPort],
  ['u:p@[::1]:port', badPort],
  ['h1:5432,h2:5432/db', severalHosts],
  ['h1,h2', severalHosts],
  ['host name/db', badHost],
  ['u:p@[::zz]/db', badHost],
  ['u:p@:5432', 'names a host'],
  ['', 'names a host'],
  ['/db', 'names a host'],
  ['u:p@/db', 'names a host'],
])('explains what is wrong with the address %s', (address, problem) => {
  const redis = 'expected a URL that starts with redis:// or rediss:// and';
  expect(problemsOf({ REDIS_URL: `redis://${address}` })).toEqual([
    `REDIS_URL: ${redis} ${problem}`,
  ]);
  const folder = problem === 'names a host' ? ', or the folder of a socket' : '';
  const postgres = 'expected a URL that starts with postgres:// or postgresql:// and';
  expect(problemsOf({ DATABASE_URL: `postgres://${address}` })).toEqual([
    expect.stringContaining(`DATABASE_URL: ${postgres} ${problem}${folder}`),
  ]);
});

it('validates host and port in the query of a database URL', () => {
  const problemOf = (url: string) => problemsOf({ DATABASE_URL: url })[0];
  expect(problemOf('postgres://h/db?port=none')).toContain(badPort);
  expect(problemOf('postgres://h/db?host=h1,h2')).toContain(severalHosts);
  expect(problemOf('postgres://u@/db?host=')).toContain('names a host');
  // The Node.js driver ignores hostaddr and would connect to localhost.
  expect(problemOf('postgres://u@/db?hostaddr=10.0.0.1')).toContain('names a host');
  for (const url of [
    'postgres://u:p@/db?host=/run/postgresql',
    'postgres:///db?host=/run/postgresql',
    'postgres://%2Frun%2Fpostgresql:5433/db',
    'postgres://u:p@[::1]:5432/db?port=5433',
    'postgres://db:/texas',
  ]) {
    expect([url, problemOf(url)]).toEqual([url, undefined]);
  }
});

it('rejects multi-line URLs, and hosts with a scheme or port', () => {
  const environment = {
    REDIS_HOST: 'redis://r',
    POSTGRES_HOST: 'db:5432',
    POSTGRES_PASSWORD: 'one\ntwo',
  };
  expect(problemsOf({ DATABASE_URL: 'postgres://db\npostgres://db2' })).toEqual([
    'DATABASE_URL: expected a URL that starts with postgres:// or postgresql://, in one line',
  ]);
  expect(problemsOf(environment)).toEqual([
    'POSTGRES_HOST: expected a host name, an address or the folder of a socket, without a scheme or port, got "db:5432"',
    'POSTGRES_PASSWORD: expected a single line of text',
    'REDIS_HOST: expected a host name or address, without a scheme or port, got "redis://r"',
  ]);
  expect(problemsOf({ POSTGRES_HOST: 'db1,db2', REDIS_HOST: 'r1,r2' })).toHaveLength(2);
  for (const host of ['::1', '[::1]', '10.0.0.1', 'db_1.local', '/run/postgresql']) {
    expect(problemsOf({ POSTGRES_HOST: host })).toEqual([]);
  }
});

it('reports settings that production or the process requires', () => {
  const all = [
    'DATABASE_URL: expected the URL of a PostgreSQL server, or POSTGRES_HOST',
    'REDIS_URL: expected the URL of a Redis server, or REDIS_HOST',
    'AUTHOR: expected GEMINI_API_KEY in production, or AUTHOR=offline',
  ];
  expect(problemsOf({ NODE_ENV: 'production' })).toEqual(all);
  expect(problemsOf({ NODE_ENV: 'test' }, { database: true, redis: true })).toEqual(
    all.slice(0, 2),
  );
  expect(problemsOf({ NODE_ENV: 'production' }, { redis: false, author: false })).toEqual([all[0]]);
  expect(problemsOf({ ...production, AUTHOR: '', GEMINI_API_KEY: 'key' })).toEqual([]);
  expect(problemsOf({ ...production, DATABASE_URL: 'mysql://db' })).toEqual([
    'DATABASE_URL: expected a URL that starts with postgres:// or postgresql://',
  ]);
});

it('reports files that are not mappings, and an invalid NODE_ENV', () => {
  write('config/base.yml', '- a\n');
  write('config/local.yml', '__proto__: {polluted: 1}\nconstructor: 1\n');
  mkdirSync(join(root, 'config/development.yml'));
  expect(problemsOf({ NODE_ENV: '../../etc' })).toEqual([
    'NODE_ENV: expected development or production or test, got "../../etc"',
    'config/base.yml: expected a mapping of settings',
    'config/development.yml: cannot be read (EISDIR)',
    'config/local.yml: __proto__: unknown setting',
    'config/local.yml: constructor: unknown setting',
  ]);
});

it('rejects files that are not UTF-8 and texts that cannot be stored, without showing them', () => {
  write('config/base.yml', Buffer.from('\ufeffhome: hunter2', 'utf16le'));
  write('config/local.yml', 'home: "a\\0b"\ndatabase: { host: db, password: "hunter2\\ud83d" }');
  write('key', Buffer.concat([Buffer.from('hunter2\n'), Buffer.from([0xb5, 0xc2])]));
  expect(problemsOf({ INTERNAL_API_KEY_FILE: 'key' })).toEqual([
    'config/base.yml:1:1: the file is UTF-16; save it as UTF-8',
    `INTERNAL_API_KEY_FILE: ${root}/key:2:1: the file is not UTF-8 (perhaps GBK or Latin-1); save it as UTF-8`,
    'config/local.yml: home: expected text without NUL characters (U+0000)',
    'config/local.yml: database.password: expected text without unpaired surrogates',
  ]);
});

it('survives YAML with exponential aliases', () => {
  const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (const [name, of] of ['ba', 'cb', 'dc', 'ed'] as unknown as string[]) {
    lines.push(`${name}: &${name} [${Array(9).fill(`*${of}`).join(', ')}]`);
  }
  write('config/local.yml', lines.join('\n'));
  expect(problemsOf({})).toEqual(['config/local.yml:1:1: not valid YAML: too many aliases']);
});

it('formats problems as readable text', () => {
  let failure: unknown;
  try {
    loadConfig({ root, environment: { PORT: '-1' } });
  } catch (caught) {
    failure = caught;
  }
  expect(formatConfigProblems(failure)).toBe(
    'The configuration has a problem.\n  - PORT: expected a whole number from 0 to 65535, got -1',
  );
  expect(formatConfigProblems(new TexasError('aborted', 'Stopped.'))).toBe('Stopped.');
  expect(formatConfigProblems('?')).toBe('The configuration could not be read.');
});
