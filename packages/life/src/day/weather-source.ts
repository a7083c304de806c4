import type { Language, Profile } from '../character/profile.js';
import type { Weather } from './weather.js';

export interface WeatherRequest {
  /** In degrees north and east (WGS 84). */
  place: Pick<Profile['home'], 'name' | 'latitude' | 'longitude'>;
  /** Local calendar date, `YYYY-MM-DD`. */
  date: string;
  language: Language;
  signal?: AbortSignal;
}

/** Provides the weather of a place on a date. Throws `weather_unavailable`. */
export interface WeatherSource {
  readonly name: Weather['source'];
  weather(request: WeatherRequest): Promise<Weather>;
}
