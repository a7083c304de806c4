import { parseDate, seededRandom, TexasError } from '@texas-ai/kernel';
import type { WeatherCondition, WeatherSource } from '@texas-ai/life';
import { climateOf } from './climate.js';
import { describeWeather, type Sky } from './describe-weather.js';

/** Difference between day and night, °C. */
const ranges: Record<WeatherCondition, number> = {
  sunny: 8.5,
  cloudy: 7.5,
  overcast: 6,
  rain: 5,
  storm: 6.5,
  snow: 5,
  fog: 6.5,
};

/** Standard deviation of a day's mean temperature from the average, °C. */
const spreadC = 2.4;
/** Snow falls only if the day's mean is below this, °C. */
const snowBelowC = 1.5;
/** Thunderstorms occur only if the day's mean is at least this, °C. */
const stormFromC = 22;

/**
 * Weather generated from the climate of the place, without a network: the same for the same place and
 * date, and similar to that of the day before. Throws `weather_unavailable` for an invalid date.
 */
export function makeSeededWeather(): WeatherSource {
  return {
    name: 'seeded',
    async weather({ place, date, language }) {
      const day = parseDate(date);
      if (!day)
        throw new TexasError('weather_unavailable', 'There is no weather for an invalid date.');
      const seed = ['weather', place.latitude.toFixed(2), place.longitude.toFixed(2)];
      const epochDay = Math.round(Date.UTC(day.year, day.month - 1, day.day) / 86_400_000);
      const { meanC: averageC, wetChance } = climateOf(place, day.dayOfYear);
      const meanC = averageC + spreadC * smoothNoise(epochDay, ...seed, 'temperature');
      const random = seededRandom(...seed, date);

      const dryness = shareBelow(smoothNoise(epochDay, ...seed, 'dryness'));
      const { condition, wetness } = sky(dryness, wetChance, meanC, random.next());
      const half = ranges[condition] / 2;
      const tempMinC = Math.round(meanC - half);
      const tempMaxC = Math.round(meanC + half);
      const summary = describeWeather({ condition, wetness }, language, random);
      return { summary, condition, tempMinC, tempMaxC, source: 'seeded' };
    },
  };
}

/** The driest days are sunny. Below `wetChance` it rains, more heavily the lower `dryness` is. */
function sky(dryness: number, wetChance: number, meanC: number, chance: number): Sky {
  if (dryness < wetChance) {
    const wetness =
      dryness < wetChance * 0.2 ? 'heavy' : dryness < wetChance * 0.5 ? 'moderate' : 'light';
    if (meanC < snowBelowC) return { condition: 'snow', wetness };
    const storm = wetness === 'heavy' && meanC >= stormFromC;
    return { condition: storm ? 'storm' : 'rain', wetness };
  }
  const clear = (dryness - wetChance) / (1 - wetChance);
  const mildAndStill = meanC > 1 && meanC < 17 && clear > 0.1 && clear < 0.6;
  if (mildAndStill && chance < 0.08) return { condition: 'fog', wetness: 'none' };
  if (clear < 0.25) return { condition: 'overcast', wetness: 'none' };
  return { condition: clear < 0.55 ? 'cloudy' : 'sunny', wetness: 'none' };
}

const noiseWeights = [1, 2, 3, 2, 1];
const noiseNorm = Math.hypot(...noiseWeights);

/**
 * Normally distributed noise (mean 0, deviation 1), the same for the same seed and day. Neighbouring
 * days are similar, days a week apart are independent.
 */
function smoothNoise(day: number, ...seed: readonly (string | number)[]): number {
  const sum = noiseWeights.reduce(
    (total, weight, offset) => total + weight * seededRandom(...seed, day + offset).normal(0, 1),
    0,
  );
  return sum / noiseNorm;
}

/** The share of a normal distribution below a value, 0-1 (logistic approximation). */
function shareBelow(value: number): number {
  return 1 / (1 + Math.exp(-1.702 * value));
}
