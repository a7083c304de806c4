// A small model of the world's climates: plausible rather than true, from the position alone.

export interface Position {
  /** Degrees north and east (WGS 84). */
  latitude: number;
  longitude: number;
}

export interface Climate {
  /** Mean temperature of the day, °C. */
  meanC: number;
  /** That rain or snow falls on the day, 0-1. */
  wetChance: number;
}

const daysOfYear = 365.25;
/** Day of the year on which the north is coldest. */
const coldest = 20;
/** The middle of the plum rain along the Yangtze: 21 June. */
const plumRain = 172;

/** What is usual at a position on a day of the year (1-366). */
export function climateOf({ latitude, longitude }: Position, dayOfYear: number): Climate {
  const fromEquator = Math.abs(latitude);
  const { cooling, swing } = zones[zoneOf({ latitude, longitude })];
  const sinceCold = dayOfYear - coldest - (latitude < 0 ? daysOfYear / 2 : 0);
  const winter = Math.cos((2 * Math.PI * sinceCold) / daysOfYear);
  return {
    meanC: 27 - cooling * fromEquator ** 2 - swing * fromEquator * winter,
    wetChance: wetChance({ latitude, longitude }, winter, dayOfYear),
  };
}

/**
 * How fast the year's mean falls from 27 °C at the equator (°C per squared degree of latitude), and
 * how far winter and summer are from it (°C per degree). The sea keeps mild coasts and the south
 * from both.
 */
const zones = {
  inland: { cooling: 0.0103, swing: 0.38 },
  mildCoast: { cooling: 0.006, swing: 0.16 },
  south: { cooling: 0.0085, swing: 0.2 },
} as const;

/** Mild coasts are the west of Europe and of North America. */
function zoneOf({ latitude, longitude }: Position): keyof typeof zones {
  if (latitude < 0) return 'south';
  const europe = longitude > -12 && longitude < 20;
  const america = longitude > -130 && longitude < -117;
  return latitude > 35 && (europe || america) ? 'mildCoast' : 'inland';
}

/** `winter` is 1 in the coldest days of the year and -1 in the warmest. */
function wetChance(position: Position, winter: number, dayOfYear: number): number {
  const { latitude, longitude } = position;
  if (Math.abs(latitude) < 15) return 0.42;
  if (zoneOf(position) === 'mildCoast') return 0.37 + 0.08 * winter;
  const monsoon = latitude > 15 && latitude < 50 && longitude > 95 && longitude < 150;
  if (!monsoon) return 0.27 - 0.04 * winter;
  const inPlumRain = latitude > 26 && latitude < 34;
  const plum = inPlumRain ? 0.22 * Math.exp(-(((dayOfYear - plumRain) / 14) ** 2)) : 0;
  return 0.28 - 0.07 * winter + plum;
}
