import type { WeatherCondition } from '@texas-ai/life';

/** Ranges of QWeather's icon codes: https://dev.qweather.com/en/docs/resource/icons/ */
const byIcon: readonly (readonly [first: number, last: number, WeatherCondition])[] = [
  [100, 100, 'sunny'],
  [101, 103, 'cloudy'],
  [104, 104, 'overcast'],
  [150, 150, 'sunny'],
  [151, 153, 'cloudy'],
  // thunder, and rainstorms by the Chinese grades
  [302, 304, 'storm'],
  [310, 312, 'storm'],
  [317, 318, 'storm'],
  [300, 399, 'rain'],
  [400, 499, 'snow'],
  // mist, haze, sand and dust, which all reduce visibility
  [500, 515, 'fog'],
  [900, 900, 'sunny'],
];

const byText: readonly (readonly [RegExp, WeatherCondition])[] = [
  [/雷|暴雨|thunder|storm/i, 'storm'],
  [/雪|snow|sleet/i, 'snow'],
  [/雨|rain|shower|drizzle/i, 'rain'],
  [/雾|霾|沙|尘|fog|mist|haze|dust|sand/i, 'fog'],
  [/阴|overcast/i, 'overcast'],
  [/云|cloud/i, 'cloudy'],
  [/晴|sun|clear|fine/i, 'sunny'],
];

/** The condition by icon, else by text; `cloudy` if both are unknown. */
export function conditionOf(icon: string, text: string): WeatherCondition {
  const code = Number(icon);
  const known = byIcon.find(([first, last]) => code >= first && code <= last);
  return known?.[2] ?? byText.find(([pattern]) => pattern.test(text))?.[1] ?? 'cloudy';
}
