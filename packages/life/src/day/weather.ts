import { z } from 'zod';

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
