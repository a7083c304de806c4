import { z } from 'zod';
import type { Language, Profile } from '../character/profile.js';

export const weatherConditions = [
  'sunny',
  'cloudy',
  'overcast',
  'rain',
  'storm',
  'snow',
  'fog',
] as const;
export type WeatherCondition = (typeof weatherConditions)[number];

export const weatherSchema = z.object({
  /** A short phrase in the character's language. */
  summary: z.string().min(1),
  condition: z.enum(weatherConditions),
  tempMinC: z.number(),
  tempMaxC: z.number(),
  source: z.enum(['seeded', 'qweather']),
});

export type Weather = z.infer<typeof weatherSchema>;

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
