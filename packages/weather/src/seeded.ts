import { parseDate, seededRandom, TexasError } from '@texas-ai/kernel';
import type { WeatherCondition, WeatherSource } from '@texas-ai/life';
import { climateOf } from './climate.js';
import { shareBelow, smoothNoise } from './noise.js';
import { describeWeather, type Sky } from './weather-words.js';

/** How far apart day and night are, °C. */
const ranges: Record<WeatherCondition, number> = {
  sunny: 8.5,
  cloudy: 7.5,
  overcast: 6,
  rain: 5,
  storm: 6.5,
  snow: 5,
  fog: 6.5,
};

/** Deviation of a day's mean temperature from what is usual, °C. */
const spreadC = 2.4;
/** Snow falls only where the day's mean temperature is below this, °C. */
const snowBelowC = 1.5;
/** A thunderstorm needs a day at least as warm as this, °C. */
const stormFromC = 22;

/**
 * Weather made from the climate of the place: no network, the same for the same place and date,
 * and much like that of the day before. Throws `weather_unavailable` for a date that is none.
 */
export function makeSeededWeather(): WeatherSource {
  return {
    name: 'seeded',
    async weather({ place, date, language }) {
      const day = parseDate(date);
      if (!day) throw new TexasError('weather_unavailable', 'There is no weather: no such date.');
      const seed = ['weather', place.latitude.toFixed(2), place.longitude.toFixed(2)];
      const epochDay = Math.round(Date.UTC(day.year, day.month - 1, day.day) / 86_400_000);
      const { meanC: usualC, wetChance } = climateOf(place, day.dayOfYear);
      const meanC = usualC + spreadC * smoothNoise(epochDay, ...seed, 'temperature');
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

/** The driest days are sunny; below `wetChance` it rains, the heavier the lower. */
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
