import { TexasError } from '@texas-ai/kernel';
import type { Language, WeatherSource } from '@texas-ai/life';
import { z } from 'zod';
import { conditionOf } from './qweather-condition.js';

export interface QWeatherOptions {
  /** The account's API host; `https` unless a scheme is given. */
  apiHost: string;
  apiKey: string;
  /** Milliseconds until a try is given up; 10,000 by default. */
  timeoutMs?: number;
}

const degrees = z
  .string()
  .trim()
  .regex(/^-?\d{1,2}(\.\d+)?$/)
  .transform(Number);

const daySchema = z.object({
  fxDate: z.string(),
  tempMin: degrees,
  tempMax: degrees,
  iconDay: z.string().default(''),
  textDay: z.string().trim().min(1).max(60),
  textNight: z.string().trim().max(60).default(''),
});
const answerSchema = z.object({ code: z.string(), daily: z.array(z.unknown()).default([]) });

type ForecastDay = z.infer<typeof daySchema>;

/**
 * QWeather's forecast of seven days. One retry. Throws `weather_unavailable` when it cannot be had,
 * makes no sense, or does not reach the date, and `aborted`; neither carries the key.
 */
export function makeQWeather({
  apiHost,
  apiKey,
  timeoutMs = 10_000,
}: QWeatherOptions): WeatherSource {
  const base = /^https?:\/\//.test(apiHost) ? apiHost : `https://${apiHost}`;

  async function fetchForecast(
    query: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<unknown> {
    // Loaded with the first request: most installations never make one.
    const { got } = await import('got');
    return got(new URL('/v7/weather/7d', base), {
      searchParams: query,
      headers: { 'X-QW-Api-Key': apiKey },
      timeout: { request: timeoutMs },
      retry: { limit: 1, backoffLimit: 250 },
      ...(signal ? { signal } : {}),
    }).json();
  }

  return {
    name: 'qweather',
    async weather({ place, date, language, signal }) {
      const query = {
        location: `${place.longitude.toFixed(2)},${place.latitude.toFixed(2)}`,
        lang: language,
      };
      const answer = await fetchForecast(query, signal).catch((failure: unknown) => {
        if (signal?.aborted)
          throw new TexasError('aborted', 'The request to QWeather was aborted.');
        throw unavailable('QWeather could not be reached or refused.', reasonOf(failure));
      });
      const day = dayOf(answer, date);
      return {
        summary: summaryOf(day, language),
        condition: conditionOf(day.iconDay, day.textDay),
        tempMinC: day.tempMin,
        tempMaxC: day.tempMax,
        source: 'qweather',
      };
    },
  };
}

function dayOf(answer: unknown, date: string): ForecastDay {
  const { data } = answerSchema.safeParse(answer);
  if (!data) throw unavailable('QWeather answered something that is no forecast.');
  if (data.code !== '200') throw unavailable('QWeather refused.', { code: data.code.slice(0, 20) });
  const found = data.daily.find(
    (each) => z.object({ fxDate: z.literal(date) }).safeParse(each).success,
  );
  if (found === undefined)
    throw unavailable('The forecast of QWeather has no such date.', { date });
  const day = daySchema.safeParse(found);
  if (!day.success) throw unavailable('QWeather answered a day that makes no sense.', { date });
  return day.data;
}

function summaryOf({ textDay, textNight }: ForecastDay, language: Language): string {
  const changes = textNight !== '' && textNight !== textDay;
  if (language === 'zh') return `${textDay}${changes ? `，夜间${textNight}` : ''}`;
  return `${textDay}${changes ? `, ${textNight.toLowerCase()} at night` : ''}`;
}

const httpReason = z.object({
  code: z.string().optional(),
  response: z.object({ statusCode: z.number() }).optional(),
});

/** The code and status of a failed request. The error itself holds the key in its headers. */
function reasonOf(failure: unknown): Record<string, unknown> {
  const { code, response } = httpReason.safeParse(failure).data ?? {};
  return { ...(code ? { code } : {}), ...(response ? { status: response.statusCode } : {}) };
}

function unavailable(message: string, details: Record<string, unknown> = {}): TexasError {
  return new TexasError('weather_unavailable', message, { details });
}
