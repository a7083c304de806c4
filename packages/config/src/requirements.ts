import type { Config } from './config.js';
import type { Environment, Settings } from './schema.js';
import { allSettings } from './variables.js';

/**
 * What a process requires. Anything left out is required in production only. `author` means that AUTHOR=offline
 * must be explicit if there is no key.
 */
export interface Needs {
  readonly database?: boolean;
  readonly redis?: boolean;
  readonly author?: boolean;
}

/** Settings that must be set together. */
const allOrNone = [
  ['backup.s3.bucket', 'backup.s3.accessKeyId', 'backup.s3.secretAccessKey'],
  ['mattermost.host', 'mattermost.token', 'mattermost.owner'],
];

/** One line for each setting that the process or another setting requires, or that conflicts with another one. */
export function unmetRequirements(
  settings: Settings,
  isSet: (path: string) => boolean,
  environment: Environment,
  needs: Needs,
): string[] {
  const production = environment === 'production';
  const problems: string[] = [];
  const requireSet = (path: string, problem: string) => {
    if (!isSet(path)) problems.push(problem);
  };

  if ((needs.database ?? production) && !isSet('database.host')) {
    requireSet(
      'database.url',
      'DATABASE_URL: expected the URL of a PostgreSQL server, or POSTGRES_HOST',
    );
  }
  if ((needs.redis ?? production) && !isSet('redis.host')) {
    requireSet('redis.url', 'REDIS_URL: expected the URL of a Redis server, or REDIS_HOST');
  }

  const { author } = settings.authoring;
  const geminiKey = 'authoring.gemini.apiKey';
  if (author === 'gemini') {
    requireSet(geminiKey, 'GEMINI_API_KEY: expected a key, because AUTHOR is gemini');
  } else if (production && needs.author !== false && !isSet('authoring.author')) {
    requireSet(geminiKey, 'AUTHOR: expected GEMINI_API_KEY in production, or AUTHOR=offline');
  }

  if (settings.weather.source === 'qweather') {
    const reason = 'because WEATHER_SOURCE is qweather';
    requireSet(
      'weather.hefeng.apiHost',
      `HEFENG_API_HOST: expected the account's API host, ${reason}`,
    );
    requireSet('weather.hefeng.apiKey', `HEFENG_API_KEY: expected a key, ${reason}`);
  }

  for (const paths of allOrNone.filter((each) => each.some(isSet))) {
    const variables = paths.map(variableOf);
    for (const path of paths) {
      requireSet(path, `${variableOf(path)}: expected all of ${variables.join(', ')}, or none`);
    }
  }
  return [...problems, ...conflicts(settings, isSet(geminiKey))];
}

function conflicts({ authoring, budget, worker }: Settings, hasGeminiKey: boolean): string[] {
  const { author, gemini } = authoring;
  const { everybody, eachCharacter, prices } = budget;
  const { heartbeatSeconds, untouchedSeconds } = worker;
  const problems: string[] = [];
  const capsMoney = [everybody, eachCharacter].some(
    ({ dailyMoney, monthlyMoney }) => dailyMoney !== null || monthlyMoney !== null,
  );
  const isBilled = hasGeminiKey && author !== 'offline';
  if (capsMoney && isBilled && !Object.hasOwn(prices, gemini.model)) {
    problems.push(
      `budget.prices: expected the price of ${gemini.model}, because a money cap cannot be enforced without it`,
    );
  }
  if (heartbeatSeconds >= untouchedSeconds) {
    problems.push(
      `worker.heartbeatSeconds: expected less than worker.untouchedSeconds (${untouchedSeconds} s), after which work counts as lost`,
    );
  }
  return problems;
}

function variableOf(path: string): string {
  return allSettings.find((setting) => setting.path === path)?.env[0] ?? path;
}

/** A warning if the price of the configured model is unknown, otherwise null. */
export function unknownPrice({
  authoring,
  budget,
}: {
  authoring: { author: Config['authoring']['author']; gemini: { model: string } };
  budget: Pick<Config['budget'], 'prices'>;
}): string | null {
  const { model } = authoring.gemini;
  if (authoring.author === 'offline' || Object.hasOwn(budget.prices, model)) return null;
  return `The price of ${model} is not known, so its calls are counted without money. Set its price in budget.prices.`;
}

/** A warning if settings are set that do nothing in this version, otherwise null. */
export function settingsWithoutEffect({
  mattermost,
  worker,
}: Pick<Config, 'mattermost' | 'worker'>): string | null {
  const names = [
    ...(mattermost === null ? [] : ['mattermost']),
    ...(worker.queues.includes('outreach') ? ['outreach in worker.queues'] : []),
    ...('outreach' in worker.concurrencyOf ? ['worker.concurrencyOf.outreach'] : []),
  ];
  if (names.length === 0) return null;
  return `These settings have no effect in this version: ${names.join(', ')}.`;
}
