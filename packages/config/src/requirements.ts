import type { Config } from './config.js';
import type { Environment, Settings } from './schema.js';

/**
 * What a process cannot do without. What is left out is needed in production only; an author
 * is needed in the sense that AUTHOR=offline must be said outright where there is no key.
 */
export interface Needs {
  readonly database?: boolean;
  readonly redis?: boolean;
  readonly author?: boolean;
}

/** One line for each setting that is missing, or does not suffice, although another one or the process needs it. */
export function missingSettings(
  settings: Settings,
  isGiven: (path: string) => boolean,
  environment: Environment,
  needs: Needs,
): string[] {
  const production = environment === 'production';
  const missing: string[] = [];
  const need = (path: string, problem: string) => {
    if (!isGiven(path)) missing.push(problem);
  };

  if ((needs.database ?? production) && !isGiven('database.host')) {
    need('database.url', 'DATABASE_URL: expected the URL of a PostgreSQL server, or POSTGRES_HOST');
  }
  if ((needs.redis ?? production) && !isGiven('redis.host')) {
    need('redis.url', 'REDIS_URL: expected the URL of a Redis server, or REDIS_HOST');
  }

  const gemini = 'authoring.gemini.apiKey';
  if (settings.authoring.author === 'gemini') {
    need(gemini, 'GEMINI_API_KEY: expected a key, because AUTHOR is gemini');
  } else if (production && needs.author !== false && !isGiven('authoring.author')) {
    need(gemini, 'AUTHOR: expected a GEMINI_API_KEY in production, or AUTHOR=offline outright');
  }

  const { author = 'gemini', gemini: asked } = settings.authoring;
  const caps = [settings.budget.everybody, settings.budget.eachCharacter];
  const money = caps.some(
    ({ dailyMoney, monthlyMoney }) => dailyMoney !== undefined || monthlyMoney !== undefined,
  );
  if (
    money &&
    author === 'gemini' &&
    isGiven(gemini) &&
    !Object.hasOwn(settings.budget.prices, asked.model)
  ) {
    missing.push(
      `budget.prices: expected the price of ${asked.model}, because money is capped and nobody knows what it would cost`,
    );
  }

  const { heartbeatSeconds, untouchedSeconds } = settings.worker;
  if (heartbeatSeconds >= untouchedSeconds) {
    missing.push(
      `worker.heartbeatSeconds: expected less than the ${untouchedSeconds} s of worker.untouchedSeconds, because work counts as lost after them`,
    );
  }

  if (settings.weather.source === 'qweather') {
    const because = 'because WEATHER_SOURCE is qweather';
    need('weather.hefeng.apiHost', `HEFENG_API_HOST: expected the account's API host, ${because}`);
    need('weather.hefeng.apiKey', `HEFENG_API_KEY: expected a key, ${because}`);
  }

  const s3 = {
    bucket: 'BUCKET',
    accessKeyId: 'ACCESS_KEY_ID',
    secretAccessKey: 'SECRET_ACCESS_KEY',
  };
  if (Object.keys(s3).some((name) => isGiven(`backup.s3.${name}`))) {
    for (const [name, variable] of Object.entries(s3)) {
      need(
        `backup.s3.${name}`,
        `BACKUP_S3_${variable}: expected with the other two of bucket and keys, all three or none`,
      );
    }
  }

  const mattermost = ['host', 'token', 'owner'];
  if (mattermost.some((name) => isGiven(`mattermost.${name}`))) {
    for (const name of mattermost) {
      need(
        `mattermost.${name}`,
        `MATTERMOST_${name.toUpperCase()}: expected with the other MATTERMOST variables, all three or none`,
      );
    }
  }
  return missing;
}

/** What to say at a start where nobody knows what the configured model costs; null otherwise. */
export function unknownPrice({
  authoring,
  budget,
}: {
  authoring: { author: Config['authoring']['author']; gemini: { model: string } };
  budget: Pick<Config['budget'], 'prices'>;
}): string | null {
  const { model } = authoring.gemini;
  if (authoring.author === 'offline' || Object.hasOwn(budget.prices, model)) return null;
  return `What ${model} costs is not known, so its calls are counted without their money. Set its price in budget.prices.`;
}
