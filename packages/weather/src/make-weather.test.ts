import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type FakeQWeather, makeLogSpy, startFakeQWeather } from '@texas-ai/testing';
import { makeSeededWeather, makeWeather } from './index.js';

const apiKey = 'hefeng-canary';
const place = { name: '上海', latitude: 31.23, longitude: 121.47 };
const request = { place, date: '2026-11-23', language: 'zh' as const };

let qweather: FakeQWeather;
beforeEach(async () => {
  const night = { iconNight: '150', textNight: '晴' };
  qweather = await startFakeQWeather([
    { fxDate: '2026-11-23', tempMin: '4', tempMax: '11', iconDay: '100', textDay: '晴', ...night },
  ]);
});
afterEach(() => qweather.stop());

function weatherSource() {
  const logger = makeLogSpy();
  const hefeng = { apiHost: qweather.url, apiKey };
  return { source: makeWeather({ source: 'qweather', hefeng, logger }), lines: logger.lines };
}

describe('makeWeather', () => {
  test('seeded weather needs no configuration', async () => {
    const logger = makeLogSpy();
    const source = makeWeather({ source: 'seeded', logger });
    expect(source.name).toBe('seeded');
    expect(await source.weather(request)).toEqual(await makeSeededWeather().weather(request));
  });

  test('returns the forecast if there is one', async () => {
    const { source, lines } = weatherSource();
    expect(await source.weather(request)).toMatchObject({ source: 'qweather', tempMaxC: 11 });
    expect(lines).toEqual([]);
  });

  test.each([
    ['it fails', '2026-11-23'],
    ['it does not cover the date', '2027-02-01'],
  ])('falls back to seeded weather with one warning if %s', async (_, date) => {
    const { source, lines } = weatherSource();
    qweather.respondWith({ status: 200, body: { code: date === '2026-11-23' ? '402' : '200' } });
    const weather = await source.weather({ ...request, date });
    expect(weather).toEqual(await makeSeededWeather().weather({ ...request, date }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'warn', fields: { place: '上海', date } });
    expect(JSON.stringify(lines)).not.toContain(apiKey);
  });

  test('does not fall back if the request was aborted', async () => {
    const { source, lines } = weatherSource();
    await expect(source.weather({ ...request, signal: AbortSignal.abort() })).rejects.toMatchObject(
      { code: 'aborted' },
    );
    expect(lines).toEqual([]);
  });
});
