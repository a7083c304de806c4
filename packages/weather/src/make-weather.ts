import { asTexasError, type Logger } from '@texas-ai/kernel';
import type { WeatherSource } from '@texas-ai/life';
import { makeQWeather } from './qweather.js';
import { makeSeededWeather } from './seeded.js';

interface Hefeng<Part extends string | null> {
  readonly apiHost: Part;
  readonly apiKey: Part;
}

export type WeatherOptions = { logger: Pick<Logger, 'warn'> } & (
  | { readonly source: 'qweather'; readonly hefeng: Hefeng<string> }
  | { readonly source: 'seeded'; readonly hefeng?: Hefeng<string | null> }
);

/**
 * The chosen source. Where QWeather fails or has no such date the seeded weather stands in, with a
 * warning; each answer names its source. Throws `aborted` when the request was.
 */
export function makeWeather(options: WeatherOptions): WeatherSource {
  const seeded = makeSeededWeather();
  if (options.source === 'seeded') return seeded;
  const chosen = makeQWeather(options.hefeng);
  return {
    name: chosen.name,
    weather: (request) =>
      chosen.weather(request).catch((failure: unknown) => {
        const { code, message, details } = asTexasError(failure);
        if (code === 'aborted') throw failure;
        const { place, date } = request;
        options.logger.warn('weather made up instead', {
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
