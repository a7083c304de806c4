import { describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { type ChannelSettings, channelNames, makeChannels } from './index.js';

const url = 'https://example.org/canary';

function problemsOf(settings: Partial<ChannelSettings>): unknown {
  try {
    makeChannels({ urls: {}, secrets: {}, routes: [], ...settings });
    return [];
  } catch (error) {
    if (!(error instanceof TexasError)) throw error;
    expect(error.code).toBe('config_invalid');
    return error.details.problems;
  }
}

const expected =
  'expected wecom or dingtalk or feishu or slack or mattermost or bark or email or webhook';

describe('what is configured wrongly is told of', () => {
  test('where no channel has the name', () => {
    expect(problemsOf({ urls: { telegram: url, slack: url, constructor: url } })).toEqual([
      `ALERT_TELEGRAM_URL or alerts.urls.telegram: there is no such channel, ${expected}`,
      `ALERT_CONSTRUCTOR_URL or alerts.urls.constructor: there is no such channel, ${expected}`,
    ]);
  });

  test('where a secret has no channel', () => {
    expect(problemsOf({ urls: { feishu: url }, secrets: { dingtalk: 'k', feishu: 'k' } })).toEqual([
      'ALERT_DINGTALK_SECRET or alerts.secrets.dingtalk: expected with ALERT_DINGTALK_URL or ' +
        'alerts.urls.dingtalk',
    ]);
  });

  test('where a route goes to a channel that does not exist', () => {
    const routes = [{ channels: ['slack'] }, { channels: ['pager', 'email'] }];
    expect(problemsOf({ routes })).toEqual([`alerts.routes.1.channels: ${expected}, got pager`]);
  });

  test('all at once', () => {
    const wrong = { urls: { a: url }, secrets: { b: 'k' }, routes: [{ channels: ['c'] }] };
    expect(problemsOf(wrong)).toHaveLength(3);
  });
});

test('a route may go to a channel that is not configured', () => {
  expect(problemsOf({ urls: { slack: url }, routes: [{ channels: ['email', 'slack'] }] })).toEqual(
    [],
  );
});

test('every channel has its own name and takes something', () => {
  const urls = Object.fromEntries(channelNames.map((name) => [name, url]));
  const channels = makeChannels({ urls, secrets: {}, routes: [] });
  expect(channels.map(({ name }) => name)).toEqual(channelNames);
  for (const { pace } of channels) {
    expect(Math.min(pace.messages, pace.seconds)).toBeGreaterThan(0);
    expect(Number.isInteger(pace.seconds)).toBe(true);
  }
});

test.each(['wecom', 'dingtalk'])('%s is told at most 20 times in any 60 s', (name) => {
  const [channel] = makeChannels({ urls: { [name]: url }, secrets: {}, routes: [] });
  const { messages, seconds } = channel?.pace ?? { messages: 0, seconds: 1 };
  // The first and the last of the windows that 60 s touch may be touched only just.
  expect((Math.ceil(60 / seconds) + 1) * messages).toBeLessThanOrEqual(20);
});
