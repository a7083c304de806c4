import { asTexasError, type Logger } from '@texas-ai/kernel';
import type { WeatherSource } from '@texas-ai/life';
import { makeQWeather } from './qweather.js';
import { makeSeededWeather } from './seeded-weather.js';

interface Hefeng<Part extends string | null> {
  readonly apiHost: Part;
  readonly apiKey: Part;
}

export type WeatherOptions = { logger: Pick<Logger, 'warn'> } & (
  | { readonly source: 'qweather'; readonly hefeng: Hefeng<string> }
  | { readonly source: 'seeded'; readonly hefeng?: Hefeng<string | null> }
);

/**
 * The configured source. If QWeather fails or does not cover the date, seeded weather replaces it and a
 * warning is logged. The result names its source. Throws `aborted`.
 */
export function makeWeather(options: WeatherOptions): WeatherSource {
  const seeded = makeSeededWeather();
  if (options.source === 'seeded') return seeded;
  const qweather = makeQWeather(options.hefeng);
  return {
    name: qweather.name,
    weather: (request) =>
      qweather.weather(request).catch((failure: unknown) => {
        const { code, message, details } = asTexasError(failure);
        if (code === 'aborted') throw failure;
        const { place, date } = request;
        options.logger.warn('using seeded weather instead', {
          place: place.name,
          date,
          code,
          reason: message,
          details,
        });
        return seeded.weather(request);
      }),
  };
}
