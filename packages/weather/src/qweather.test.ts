import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import type { WeatherCondition } from '@texas-ai/life';
import {
  type FakeQWeather,
  type QWeatherDay,
  type QWeatherResponse,
  startFakeQWeather,
} from '@texas-ai/testing';
import { makeQWeather } from './qweather.js';
import { conditionOf } from './qweather-condition.js';

type Script = (QWeatherResponse | 'hang')[];

const apiKey = 'hefeng-canary';
const place = { name: '上海', latitude: 31.2304, longitude: 121.4737 };
const request = { place, date: '2026-11-23', language: 'zh' as const };

const day: QWeatherDay = {
  fxDate: '2026-11-23',
  tempMax: '13',
  tempMin: '-2',
  iconDay: '305',
  textDay: '小雨',
  iconNight: '151',
  textNight: '多云',
};

let qweather: FakeQWeather;
beforeEach(async () => {
  qweather = await startFakeQWeather([{ ...day, fxDate: '2026-11-22', tempMax: '30' }, day]);
});
afterEach(() => qweather.stop());

const source = (timeoutMs = 60_000) => makeQWeather({ apiHost: qweather.url, apiKey, timeoutMs });

async function failureOf(promise: Promise<unknown>): Promise<TexasError> {
  const failure = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof TexasError)) throw new Error(`Not a TexasError: ${failure}`);
  return failure;
}

describe('makeQWeather', () => {
  test('sends longitude before latitude, and the key in a header', async () => {
    await source().weather(request);
    expect(qweather.requests).toEqual([
      { path: '/v7/weather/7d', query: { location: '121.47,31.23', lang: 'zh' }, key: apiKey },
    ]);
  });

  test('returns the requested day', async () => {
    expect(await source().weather(request)).toEqual({
      summary: '小雨，夜间多云',
      condition: 'rain',
      tempMinC: -2,
      tempMaxC: 13,
      source: 'qweather',
    });
  });

  test('describes the day in English, and the night only if it differs', async () => {
    const answer = { ...day, textDay: 'Sunny', iconDay: '100' };
    const body = (textNight: string) => ({ code: '200', daily: [{ ...answer, textNight }] });
    qweather.respondWith(
      { status: 200, body: body('Clear') },
      { status: 200, body: body('Sunny') },
    );
    const ask = async () => (await source().weather({ ...request, language: 'en' })).summary;
    expect(await ask()).toBe('Sunny, clear at night');
    expect(await ask()).toBe('Sunny');
    expect(qweather.requests[0]?.query).toMatchObject({ lang: 'en' });
  });

  test('retries once', async () => {
    qweather.respondWith({ status: 500, body: 'oops' });
    expect((await source().weather(request)).tempMaxC).toBe(13);
    expect(qweather.requests).toHaveLength(2);
  });

  const answers = (body: unknown): Script => [{ status: 200, body }];
  test.each<[string, Script, Record<string, unknown>]>([
    ['a refusal', [{ status: 401, body: '{}' }], { code: 'ERR_NON_2XX_3XX_RESPONSE', status: 401 }],
    ['a code that is not 200', answers({ code: '402' }), { code: '402' }],
    ['no JSON', answers('<html>'), { code: 'ERR_BODY_PARSE_FAILURE', status: 200 }],
    ['no forecast', answers(['?']), {}],
    [
      'a day with an invalid temperature',
      answers({ code: '200', daily: [{ ...day, tempMax: 'warm' }] }),
      { date: '2026-11-23' },
    ],
    [
      'no such date',
      answers({ code: '200', daily: [null, { ...day, fxDate: '2026-11-24' }] }),
      { date: '2026-11-23' },
    ],
    ['two time-outs', ['hang', 'hang'], { code: 'ETIMEDOUT' }],
  ])('%s: weather_unavailable, without the key', async (_, script, details) => {
    qweather.respondWith(...script);
    const limitMs = script.includes('hang') ? 100 : 60_000;
    const failure = await failureOf(source(limitMs).weather(request));
    expect(failure.code).toBe('weather_unavailable');
    expect(failure.details).toEqual(details);
    expect(JSON.stringify([failure.stack, failure.details, failure.cause])).not.toContain(apiKey);
  });

  test('an aborted request', async () => {
    const failure = await failureOf(source().weather({ ...request, signal: AbortSignal.abort() }));
    expect(failure.code).toBe('aborted');
  });

  test('uses https for a host without a scheme', async () => {
    const host = new URL(qweather.url).host;
    const failure = await failureOf(makeQWeather({ apiHost: host, apiKey }).weather(request));
    expect(failure.code).toBe('weather_unavailable');
    expect(qweather.requests).toEqual([]);
  });
});

test.each<[string, string, WeatherCondition]>([
  ['100', '晴', 'sunny'],
  ['150', '晴', 'sunny'],
  ['101', '多云', 'cloudy'],
  ['153', '晴间多云', 'cloudy'],
  ['104', '阴', 'overcast'],
  ['300', '阵雨', 'rain'],
  ['302', '雷阵雨', 'storm'],
  ['305', '小雨', 'rain'],
  ['310', '暴雨', 'storm'],
  ['313', '冻雨', 'rain'],
  ['399', '雨', 'rain'],
  ['404', '雨夹雪', 'snow'],
  ['499', '雪', 'snow'],
  ['502', '霾', 'fog'],
  ['504', '浮尘', 'fog'],
  ['900', '热', 'sunny'],
  ['', 'Thundershower', 'storm'],
  ['', '雨夹雪', 'snow'],
  ['999', 'Light Rain', 'rain'],
  ['999', '浓雾', 'fog'],
  ['999', 'Overcast', 'overcast'],
  ['999', 'Partly Cloudy', 'cloudy'],
  ['999', 'Clear', 'sunny'],
  ['999', '未知', 'cloudy'],
])('icon %s, %s is %s', (icon, text, condition) => {
  expect(conditionOf(icon, text)).toBe(condition);
});
