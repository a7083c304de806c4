import { TexasError } from '@texas-ai/kernel';
import type { Language, WeatherSource } from '@texas-ai/life';
import { z } from 'zod';
import { conditionOf } from './qweather-condition.js';

export interface QWeatherOptions {
  /** The account's API host; `https` unless it has a scheme. */
  apiHost: string;
  apiKey: string;
  /** Time limit of an attempt; 10,000 by default. */
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
const responseSchema = z.object({ code: z.string(), daily: z.array(z.unknown()).default([]) });

type ForecastDay = z.infer<typeof daySchema>;

/**
 * QWeather's seven-day forecast, with one retry. Throws `weather_unavailable` if it fails, is invalid or
 * does not cover the date, and `aborted`. Neither contains the key.
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
    // Loaded on first use, since most installations never need it.
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
      const response = await fetchForecast(query, signal).catch((failure: unknown) => {
        if (signal?.aborted)
          throw new TexasError('aborted', 'The request to QWeather was aborted.');
        throw unavailable('QWeather is unreachable or refused the request.', reasonOf(failure));
      });
      const day = dayOf(response, date);
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

function dayOf(response: unknown, date: string): ForecastDay {
  const { data } = responseSchema.safeParse(response);
  if (!data) throw unavailable('The response of QWeather is not a forecast.');
  if (data.code !== '200')
    throw unavailable('QWeather refused the request.', { code: data.code.slice(0, 20) });
  const found = data.daily.find(
    (each) => z.object({ fxDate: z.literal(date) }).safeParse(each).success,
  );
  if (found === undefined)
    throw unavailable('The forecast of QWeather does not cover the date.', { date });
  const day = daySchema.safeParse(found);
  if (!day.success) throw unavailable('The forecast of QWeather is invalid.', { date });
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

/** The code and status of a failed request. The error itself contains the key, in its headers. */
function reasonOf(failure: unknown): Record<string, unknown> {
  const { code, response } = httpReason.safeParse(failure).data ?? {};
  return { ...(code ? { code } : {}), ...(response ? { status: response.statusCode } : {}) };
}

function unavailable(message: string, details: Record<string, unknown> = {}): TexasError {
  return new TexasError('weather_unavailable', message, { details });
}
