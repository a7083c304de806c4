// A small model of the world's climates, from the position alone: plausible, not accurate.

export interface Position {
  /** Degrees north and east (WGS 84). */
  latitude: number;
  longitude: number;
}

export interface Climate {
  /** Mean temperature of the day, °C. */
  meanC: number;
  /** Probability of rain or snow, 0-1. */
  wetChance: number;
}

const daysPerYear = 365.25;
/** The coldest day of the year in the north. */
const coldestDay = 20;
/** 21 June, the middle of the plum rains along the Yangtze. */
const plumRainDay = 172;

/** The average weather at a position on a day of the year (1-366). */
export function climateOf({ latitude, longitude }: Position, dayOfYear: number): Climate {
  const fromEquator = Math.abs(latitude);
  const { cooling, swing } = zones[zoneOf({ latitude, longitude })];
  const sinceColdestDay = dayOfYear - coldestDay - (latitude < 0 ? daysPerYear / 2 : 0);
  const winter = Math.cos((2 * Math.PI * sinceColdestDay) / daysPerYear);
  return {
    meanC: 27 - cooling * fromEquator ** 2 - swing * fromEquator * winter,
    wetChance: wetChance({ latitude, longitude }, winter, dayOfYear),
  };
}

/**
 * `cooling`: how fast the annual mean falls from 27 °C at the equator (°C per squared degree of
 * latitude). `swing`: the deviation of winter and summer from it (°C per degree). The sea reduces both on
 * mild coasts and in the south.
 */
const zones = {
  inland: { cooling: 0.0103, swing: 0.38 },
  mildCoast: { cooling: 0.006, swing: 0.16 },
  south: { cooling: 0.0085, swing: 0.2 },
} as const;

/** Mild coasts are those of western Europe and western North America. */
function zoneOf({ latitude, longitude }: Position): keyof typeof zones {
  if (latitude < 0) return 'south';
  const europe = longitude > -12 && longitude < 20;
  const america = longitude > -130 && longitude < -117;
  return latitude > 35 && (europe || america) ? 'mildCoast' : 'inland';
}

/** `winter` is 1 on the coldest day of the year and -1 on the warmest. */
function wetChance(position: Position, winter: number, dayOfYear: number): number {
  const { latitude, longitude } = position;
  if (Math.abs(latitude) < 15) return 0.42;
  if (zoneOf(position) === 'mildCoast') return 0.37 + 0.08 * winter;
  const monsoon = latitude > 15 && latitude < 50 && longitude > 95 && longitude < 150;
  if (!monsoon) return 0.27 - 0.04 * winter;
  const hasPlumRain = latitude > 26 && latitude < 34;
  const plum = hasPlumRain ? 0.22 * Math.exp(-(((dayOfYear - plumRainDay) / 14) ** 2)) : 0;
  return 0.28 - 0.07 * winter + plum;
}
