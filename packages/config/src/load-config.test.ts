import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig, type ProcessEnvironment } from './index.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'texas-config-'));
  mkdirSync(join(root, 'config'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, text: string): void {
  writeFileSync(join(root, file), text);
}

const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://db/texas',
  REDIS_URL: 'redis://redis:6379',
  AUTHOR: 'offline',
};

const uncapped = {
  dailyMoney: null,
  dailyTokens: null,
  monthlyMoney: null,
  monthlyTokens: null,
};
const workerTimes = {
  lockSeconds: 15,
  stallCheckSeconds: 5,
  heartbeatSeconds: 15,
  reconcileSeconds: 15,
  untouchedSeconds: 60,
  retrySeconds: 15,
  retryStorageSeconds: 5,
  holdAnswerSeconds: 60,
  probeSeconds: 300,
  failedJobsDays: 7,
};
const alerting = {
  queueWaitSeconds: 1800,
  watchSeconds: 15,
  dayMissingMinutes: 60,
  noWorkerSeconds: 60,
};
const backup = {
  ageIdentityFile: null,
  ageRecipient: null,
  automatic: true,
  clientFolders: [],
  retentionWeeks: 0,
  retentionMonths: 0,
  s3: null,
  time: '02:00',
  timeoutMinutes: 120,
  verify: 'weekly',
};

const retention = {
  supersededDays: 30,
  experiencesDays: null,
  interactionsDays: null,
  costsDays: null,
  idempotencyDays: 30,
  alertsDays: 365,
};

describe('layers', () => {
  it('starts from the documented defaults', () => {
    expect(loadConfig({ root, environment: {} })).toEqual({
      environment: 'development',
      home: join(root, '.local'),
      timeZone: 'Asia/Shanghai',
      internalApiKey: null,
      server: {
        host: '127.0.0.1',
        port: 3000,
        basePath: '',
        trustProxyHops: 0,
        shutdownSeconds: 30,
        drainSeconds: 0,
        corsOrigins: [],
      },
      logging: { level: 'info', format: 'readable' },
      database: {
        url: null,
        poolMax: 10,
        connectTimeoutSeconds: 5,
        acquireTimeoutSeconds: 10,
        statementTimeoutSeconds: 8,
        idleInTransactionTimeoutSeconds: 60,
      },
      redis: { url: null, cacheUrl: null },
      authoring: {
        author: 'offline',
        fallback: 'offline',
        rewriteFallback: false,
        chapters: 4,
        callTimeoutSeconds: 300,
        gemini: {
          apiKey: null,
          model: 'gemini-3.5-flash-lite',
          baseUrl: null,
          requestsPerMinute: null,
          tokensPerMinute: null,
          requestsPerDay: null,
        },
      },
      planning: { automatic: true, time: '04:00' },
      budget: {
        currency: 'USD',
        prices: {},
        nearPercent: 80,
        everybody: uncapped,
        eachCharacter: uncapped,
      },
      weather: { source: 'seeded', hefeng: { apiHost: null, apiKey: null } },
      worker: { queues: 'all', concurrency: 8, concurrencyOf: {}, ...workerTimes },
      generations: { daysBack: 366, daysAhead: 31 },
      limits: { generationsPerMinute: 5, readsPerMinute: 6000, failedAuthenticationsPerMinute: 10 },
      mattermost: null,
      backup: { ...backup, dir: join(root, '.local/backups'), retentionDays: 7 },
      retention,
      alerts: { urls: {}, secrets: {}, routes: [], ...alerting },
      proxy: { http: null, https: null, noProxy: null },
      metrics: { port: null },
    });
  });

  it.each(['development', 'production'])(
    "the repository's own files have the same defaults, and the prices: %s",
    (name) => {
      const environment = { ...production, NODE_ENV: name, TEXAS_HOME: '/texas' };
      const shipped = loadConfig({ root: resolve(import.meta.dirname, '../../..'), environment });
      const defaults = loadConfig({ root, environment });
      const { prices } = shipped.budget;
      expect(Object.keys(prices)).not.toEqual([]);
      expect(shipped).toEqual({ ...defaults, budget: { ...defaults.budget, prices } });
    },
  );

  it('later layers replace single settings and whole lists', () => {
    write(
      'config/base.yml',
      'server: {port: 1, trustProxyHops: 1}\nworker: {queues: [days, alerts]}\n',
    );
    write('config/production.yml', 'server: {port: 2, shutdownSeconds: 2}\n');
    write('config/development.yml', 'server: {port: 9}\n');
    write('config/local.yml', 'worker: {queues: [maintenance], concurrency: 3}\nmattermost:\n');
    const config = loadConfig({ root, environment: { ...production, WORKER_CONCURRENCY: '4' } });
    expect(config.server).toEqual({
      host: '0.0.0.0',
      port: 2,
      basePath: '',
      trustProxyHops: 1,
      shutdownSeconds: 2,
      drainSeconds: 5,
      corsOrigins: [],
    });
    expect(config.worker).toMatchObject({ queues: ['maintenance'], concurrency: 4 });
    expect(config.logging.format).toBe('json');
  });

  it.each([
    ['/texas', '/texas'],
    ['/a/b.c/', '/a/b.c'],
    ['/', ''],
    ['', ''],
  ])('normalizes the base path %j to %j', (given, taken) => {
    write('config/local.yml', `server: {basePath: "${given}"}\n`);
    expect(loadConfig({ root, environment: {} }).server.basePath).toBe(taken);
  });

  it('replaces a price as a whole, including an announced one', () => {
    write(
      'config/base.yml',
      'budget: {prices: {a: {input: 1, output: 2, next: {from: 2026-12-01, input: 3, output: 4}}, b: {input: 5, output: 6}}}\n',
    );
    write('config/local.yml', 'budget: {prices: {a: {input: 0.1, output: 0.2}}}\n');
    expect(loadConfig({ root, environment: {} }).budget.prices).toEqual({
      a: { input: 0.1, output: 0.2 },
      b: { input: 5, output: 6 },
    });
  });

  it('reports each problem of a price', () => {
    const price =
      '{input: 1, output: 2, readOn: yesterday, next: {from: 2026-13-01, input: 1, output: -1}}';
    write('config/local.yml', `budget: {prices: {a: ${price}}}\n`);
    expect(() => loadConfig({ root, environment: {} })).toThrow(
      expect.objectContaining({
        details: {
          problems: [
            expect.stringMatching(
              /prices\.a\.readOn: expected a date, written YYYY-MM-DD, got "yesterday"/,
            ),
            expect.stringMatching(/prices\.a\.next\.from: expected a date/),
            expect.stringMatching(/prices\.a\.next\.output: expected an amount of money/),
          ],
        },
      }),
    );
  });

  it('reports unknown queues', () => {
    write('config/base.yml', 'worker: {concurrencyOf: {alert: 2}}\n');
    expect(() => loadConfig({ root, environment: { WORKER_QUEUES: 'day,alerts' } })).toThrow(
      expect.objectContaining({
        details: {
          problems: [
            expect.stringMatching(/concurrencyOf/),
            expect.stringMatching(/^WORKER_QUEUES: expected all, or some of author-gemini/),
          ],
        },
      }),
    );
  });

  it('reads every variable', () => {
    const config = loadConfig({
      root,
      environment: {
        NODE_ENV: 'test',
        TEXAS_HOME: 'state',
        TZ_DEFAULT: 'Europe/Berlin',
        INTERNAL_API_KEY: 'txs_a_b',
        HOST: '::1',
        PORT: ' 8080 ',
        BASE_PATH: '/texas/',
        LOG_LEVEL: 'debug',
        DATABASE_URL: 'postgresql://db/texas',
        REDIS_URL: 'rediss://redis',
        CACHE_REDIS_URL: 'redis://cache',
        GEMINI_API_KEY: 'key',
        GEMINI_MODEL: 'model',
        GEMINI_BASE_URL: 'http://127.0.0.1:1/',
        WEATHER_SOURCE: 'qweather',
        HEFENG_API_HOST: 'abc.qweatherapi.com',
        HEFENG_API_KEY: 'hefeng',
        WORKER_QUEUES: 'days, outreach',
        WORKER_CONCURRENCY: '2',
        RATE_LIMIT_GENERATIONS_PER_MINUTE: '6',
        RATE_LIMIT_READS_PER_MINUTE: '7',
        GENERATION_DAYS_BACK: '0',
        GENERATION_DAYS_AHEAD: '1',
        MATTERMOST_HOST: 'chat.example',
        MATTERMOST_TOKEN: 'token',
        MATTERMOST_OWNER: 'kal',
        BACKUP_DIR: '/backups',
        BACKUP_RETENTION_DAYS: '9',
        HTTP_PROXY: 'http://proxy:3128',
        HTTPS_PROXY: 'https://proxy:3129',
        NO_PROXY: 'localhost',
        METRICS_PORT: '9090',
        ALERT_WEBHOOK_URL: 'https://hook.example/a',
        ALERT_DINGTALK_SECRET: 'SECsesame',
        PLANNING_AUTOMATIC: 'false',
        ALERT_WECOM_URL: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k',
      },
    });
    expect(config).toEqual({
      environment: 'test',
      home: join(root, 'state'),
      timeZone: 'Europe/Berlin',
      internalApiKey: 'txs_a_b',
      server: {
        host: '::1',
        port: 8080,
        basePath: '/texas',
        trustProxyHops: 0,
        shutdownSeconds: 30,
        drainSeconds: 0,
        corsOrigins: [],
      },
      logging: { level: 'debug', format: 'readable' },
      database: expect.objectContaining({ url: 'postgresql://db/texas' }),
      redis: { url: 'rediss://redis', cacheUrl: 'redis://cache' },
      authoring: {
        author: 'gemini',
        fallback: 'offline',
        rewriteFallback: false,
        chapters: 4,
        callTimeoutSeconds: 300,
        gemini: expect.objectContaining({
          apiKey: 'key',
          model: 'model',
          baseUrl: 'http://127.0.0.1:1',
        }),
      },
      planning: { automatic: false, time: '04:00' },
      budget: expect.objectContaining({ currency: 'USD', everybody: uncapped }),
      weather: {
        source: 'qweather',
        hefeng: { apiHost: 'abc.qweatherapi.com', apiKey: 'hefeng' },
      },
      worker: { queues: ['days', 'outreach'], concurrency: 2, concurrencyOf: {}, ...workerTimes },
      generations: { daysBack: 0, daysAhead: 1 },
      limits: { generationsPerMinute: 6, readsPerMinute: 7, failedAuthenticationsPerMinute: 10 },
      mattermost: { host: 'chat.example', token: 'token', owner: 'kal' },
      backup: { ...backup, dir: '/backups', retentionDays: 9 },
      retention,
      alerts: {
        urls: {
          webhook: 'https://hook.example/a',
          wecom: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k',
        },
        secrets: { dingtalk: 'SECsesame' },
        routes: [],
        ...alerting,
      },
      proxy: {
        http: 'http://proxy:3128',
        https: 'https://proxy:3129',
        noProxy: 'localhost',
      },
      metrics: { port: 9090 },
    });
  });

  it('is deeply frozen', () => {
    const config = loadConfig({ root, environment: { WORKER_QUEUES: 'days' } });
    expect([config, config.authoring.gemini, config.worker.queues].every(Object.isFrozen)).toBe(
      true,
    );
  });
});

describe('proxies', () => {
  const proxyOf = (environment: ProcessEnvironment) => loadConfig({ root, environment }).proxy;

  it('come from the usual variables, lower case first', () => {
    expect(proxyOf({})).toEqual({ http: null, https: null, noProxy: null });
    expect(
      proxyOf({
        HTTP_PROXY: 'http://upper:3128',
        http_proxy: 'http://lower:3128',
        HTTPS_PROXY: 'secure:3128 ',
        https_proxy: '',
        no_proxy: 'example.org, 10.0.0.0/8',
      }),
    ).toEqual({
      http: 'http://lower:3128',
      https: 'http://secure:3128',
      noProxy: 'example.org, 10.0.0.0/8',
    });
  });

  it('percent-encode a bare % in a password', () => {
    expect(proxyOf({ https_proxy: 'u:p%@proxy:1' }).https).toBe('http://u:p%25@proxy:1');
    expect(proxyOf({ https_proxy: 'http://u:p%25@proxy' }).https).toBe('http://u:p%25@proxy');
  });

  it.each([
    ['socks5://hunter2@proxy', 'a URL that starts with http:// or https://'],
    ['http://u:hunter2@proxy:99999', 'a URL that starts with http:// or https:// and has a port'],
    ['http://u:hun#ter2@proxy', 'a URL that starts with http:// or https:// and has its user and'],
  ])('are rejected without being shown: %s', (proxy, expected) => {
    expect(() => proxyOf({ https_proxy: proxy })).toThrow(
      expect.objectContaining({
        details: { problems: [expect.stringContaining(`https_proxy: expected ${expected}`)] },
      }),
    );
  });
});

describe('values from files', () => {
  it('reads NAME_FILE without its trailing newline, for alert channels too', () => {
    write('key', 'sesame\r\n');
    write('hook', 'https://hook.example\n');
    write('port', '81\n');
    const environment = {
      GEMINI_API_KEY_FILE: join(root, 'key'),
      GEMINI_API_KEY: '',
      ALERT_SLACK_URL_FILE: 'hook',
      PORT_FILE: join(root, 'port'),
    };
    const config = loadConfig({ root, environment });
    expect(config.authoring).toMatchObject({ author: 'gemini', gemini: { apiKey: 'sesame' } });
    expect(config.alerts.urls).toEqual({ slack: 'https://hook.example' });
    expect(config.server.port).toBe(81);
  });

  it('trims values of variables and files', () => {
    write('password', '\ufeff\n  p w\r\n\r\n');
    const config = loadConfig({
      root,
      environment: {
        DATABASE_URL: ' postgres://db/texas\n',
        REDIS_HOST: ' r ',
        REDIS_PASSWORD_FILE: ' password ',
        INTERNAL_API_KEY: '\tkey \r\n',
        ALERT_SLACK_URL: 'https://hook.example/x ',
      },
    });
    expect(config.database.url).toBe('postgres://db/texas');
    expect(config.redis.url).toBe('redis://:p%20w@r:6379');
    expect(config.internalApiKey).toBe('key');
    expect(config.alerts.urls).toEqual({ slack: 'https://hook.example/x' });
    write('config/local.yml', 'redis: { url: " redis://r " }');
    expect(loadConfig({ root, environment: {} }).redis.url).toBe('redis://r');
  });

  it('treats empty variables and files as unset', () => {
    write('empty', '\n');
    const environment = { PORT: '', LOG_LEVEL: ' ', AUTHOR_FILE: 'empty', NODE_ENV: '' };
    expect(loadConfig({ root, environment })).toEqual(loadConfig({ root, environment: {} }));
  });
});

it('reads a bare % in a URL literally, even next to encoded characters', () => {
  const environment = {
    DATABASE_URL: 'postgres://texas:Am%queif%2F100%@db/texas',
    REDIS_URL: 'redis://:p%ss@r',
    CACHE_REDIS_URL: 'redis://:100%@c',
  };
  const { database, redis } = loadConfig({ root, environment });
  expect(database.url).toBe('postgres://texas:Am%25queif%2F100%25@db/texas');
  expect(redis).toEqual({ url: 'redis://:p%25ss@r', cacheUrl: 'redis://:100%25@c' });
});

describe('servers in parts', () => {
  it('become a URL with special characters percent-encoded', () => {
    const config = loadConfig({
      root,
      environment: {
        POSTGRES_HOST: 'db',
        POSTGRES_USER: 'a b',
        POSTGRES_PASSWORD: 'p@ss/w:rd#?',
        POSTGRES_DB: 'texas',
        REDIS_HOST: '::1',
        REDIS_PORT: '6380',
        REDIS_PASSWORD: 'ü',
      },
      needs: { database: true, redis: true },
    });
    const url: string = config.database.url;
    expect(url).toBe('postgres://a%20b:p%40ss%2Fw%3Ard%23%3F@db:5432/texas');
    expect(config.redis.url).toBe('redis://:%C3%BC@[::1]:6380');
    expect(config.redis.cacheUrl).toBe(config.redis.url);
  });

  it('use the default ports and names, and may be a socket', () => {
    const environment = { POSTGRES_HOST: '/run/pg', REDIS_HOST: 'r' };
    const config = loadConfig({ root, environment });
    expect(config.database.url).toBe('postgres://postgres@%2Frun%2Fpg:5432/postgres');
    expect(config.redis.url).toBe('redis://r:6379');
  });

  it.each([
    'postgresql://texas@/texas?host=/run/postgresql&port=5433',
    'postgres://texas:p%23w@/texas?host=/run/postgresql',
    'postgresql:///texas?host=/run/postgresql&user=me@server',
    'postgres://texas@%2Frun%2Fpostgresql/texas',
    'postgres://texas:pw@[::1]:5433/texas?sslmode=verify-full',
    'postgres://me%40server:p%40ss@db.example/texas',
  ])('may be given by the URL %s', (url) => {
    expect(loadConfig({ root, environment: { DATABASE_URL: url } }).database.url).toBe(url);
  });

  it('are overridden by a URL in the same or a later layer, and override an earlier one', () => {
    write('config/base.yml', 'database: {url: postgres://base/x}\nredis: {host: base}\n');
    const environment = { POSTGRES_HOST: 'env', REDIS_URL: 'redis://env', REDIS_HOST: 'parts' };
    const config = loadConfig({ root, environment });
    expect(config.database.url).toBe('postgres://postgres@env:5432/postgres');
    expect(config.redis.url).toBe('redis://env');
  });
});
