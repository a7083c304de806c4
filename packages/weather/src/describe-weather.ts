import type { Random } from '@texas-ai/kernel';
import type { Language, WeatherCondition } from '@texas-ai/life';

export type Wetness = 'none' | 'light' | 'moderate' | 'heavy';

export interface Sky {
  condition: WeatherCondition;
  wetness: Wetness;
}

interface Phrases {
  rain: Record<Wetness, string>;
  snow: Record<Wetness, string>;
  others: Record<Exclude<WeatherCondition, 'rain' | 'snow'>, readonly string[]>;
  /** How the weather changes during the day, in keeping with the condition; may be empty. */
  changes: Record<WeatherCondition, readonly string[]>;
  comma: string;
}

const zh: Phrases = {
  rain: { none: '小雨', light: '小雨', moderate: '中雨', heavy: '大雨' },
  snow: { none: '小雪', light: '小雪', moderate: '中雪', heavy: '大雪' },
  others: {
    sunny: ['晴', '晴天', '晴朗'],
    cloudy: ['多云', '云多，时有太阳', '晴间多云'],
    overcast: ['阴', '阴天', '云层低厚'],
    storm: ['雷阵雨', '雷雨'],
    fog: ['有雾', '晨雾浓', '雾天'],
  },
  changes: {
    sunny: ['', '早晚有风', '傍晚有霞光', '午后风小', '夜里看得见星'],
    cloudy: ['', '午后见晴', '傍晚转阴', '早晚有风', '夜里云散'],
    overcast: ['', '午后云薄了些', '风不大', '傍晚有凉风', '夜里更阴'],
    rain: ['', '傍晚转多云', '时下时停', '夜里雨停', '午后雨势最密', '早上就下起来'],
    storm: ['午后打雷', '傍晚雨停', '来得急去得快', '夜里还有闷雷'],
    snow: ['', '傍晚雪停', '路面有薄雪', '夜里放晴', '午后飘得最密'],
    fog: ['近午散去', '午后转多云', '早上能见度低', '傍晚又起'],
  },
  comma: '，',
};

const en: Phrases = {
  rain: { none: 'Light rain', light: 'Light rain', moderate: 'Rain', heavy: 'Heavy rain' },
  snow: { none: 'Light snow', light: 'Light snow', moderate: 'Snow', heavy: 'Heavy snow' },
  others: {
    sunny: ['Sunny', 'Clear skies', 'Bright sunshine'],
    cloudy: ['Cloudy', 'Sun and clouds', 'Broken clouds'],
    overcast: ['Overcast', 'Grey skies', 'Low grey clouds'],
    storm: ['Thunderstorms', 'Thundery showers'],
    fog: ['Fog', 'Foggy', 'Thick morning fog'],
  },
  changes: {
    sunny: [
      '',
      'a breeze morning and evening',
      'a red sunset',
      'hardly any wind',
      'stars at night',
    ],
    cloudy: [
      '',
      'brighter in the afternoon',
      'greyer towards evening',
      'a light breeze',
      'clearing at night',
    ],
    overcast: ['', 'a little lighter in the afternoon', 'hardly any wind', 'a cool wind at dusk'],
    rain: [
      '',
      'clearing towards evening',
      'on and off',
      'dry by night',
      'heaviest in the afternoon',
      'from early morning',
    ],
    storm: [
      'thunder in the afternoon',
      'over by evening',
      'quick to come and go',
      'rumbling into the night',
    ],
    snow: [
      '',
      'stopping towards evening',
      'a dusting on the roads',
      'clear by night',
      'thickest in the afternoon',
    ],
    fog: [
      'lifting before noon',
      'clouds in the afternoon',
      'poor visibility in the morning',
      'back at dusk',
    ],
  },
  comma: ', ',
};

const languages: Record<Language, Phrases> = { zh, en };

/** A phrase for the sky and, sometimes, its changes during the day; without temperatures. */
export function describeWeather(sky: Sky, language: Language, random: Random): string {
  const phrases = languages[language];
  const parts = [skyName(sky, phrases, random), random.pick(phrases.changes[sky.condition])];
  return parts.filter((part) => part !== '').join(phrases.comma);
}

function skyName({ condition, wetness }: Sky, phrases: Phrases, random: Random): string {
  if (condition === 'rain' || condition === 'snow') return phrases[condition][wetness];
  return random.pick(phrases.others[condition]);
}
