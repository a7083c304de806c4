export { makeWeather, type WeatherOptions } from './make-weather.js';
export { makeQWeather, type QWeatherOptions } from './qweather.js';
export { makeSeededWeather } from './seeded-weather.js';
