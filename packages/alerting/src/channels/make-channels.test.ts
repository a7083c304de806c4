import { describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { type ChannelSettings, channelNames, makeChannels } from './index.js';

const url = 'https://example.org/canary';
const mailUrl = 'smtp://example.org/?to=me@example.org';

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

  test.each(['wecom', 'slack', 'mattermost', 'bark', 'email', 'webhook'])(
    'where %s, which does not sign, has a secret',
    (name) => {
      const urls = { [name]: name === 'email' ? mailUrl : url };
      expect(problemsOf({ urls, secrets: { [name]: 'canary' } })).toEqual([
        `ALERT_${name.toUpperCase()}_SECRET or alerts.secrets.${name}: expected none, ` +
          `${name} does not sign`,
      ]);
    },
  );

  test.each(channelNames.filter((name) => name !== 'email'))(
    'where %s is not reached by HTTP',
    (name) => {
      expect(problemsOf({ urls: { [name]: mailUrl } })).toEqual([
        `ALERT_${name.toUpperCase()}_URL or alerts.urls.${name}: expected a URL that starts with ` +
          'http:// or https://',
      ]);
    },
  );

  test.each([
    ['email', url, 'expected a URL that starts with smtp:// or smtps://'],
    ['email', 'smtp://example.org', 'expected ?to= with the address to write to'],
    [
      'email',
      'smtps://example.org/?to=&from=me@example.org',
      'expected ?to= with the address to write to',
    ],
    ['bark', 'https://api.day.app', 'expected the device key as the path'],
    ['bark', 'https://api.day.app//?key=canary', 'expected the device key as the path'],
  ])('where nothing could be sent: %s at %s', (name, address, problem) => {
    expect(problemsOf({ urls: { [name]: address } })).toEqual([
      `ALERT_${name.toUpperCase()}_URL or alerts.urls.${name}: ${problem}`,
    ]);
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
  const urls = Object.fromEntries(
    channelNames.map((name) => [name, name === 'email' ? mailUrl : url]),
  );
  const channels = makeChannels({ urls, secrets: {}, routes: [] });
  expect(channels.map(({ name }) => name)).toEqual(channelNames);
  for (const { pace } of channels) {
    expect(Math.min(pace.messages, pace.seconds)).toBeGreaterThan(0);
    expect(Number.isInteger(pace.seconds)).toBe(true);
  }
});

function paceOf(name: string) {
  const [channel] = makeChannels({ urls: { [name]: url }, secrets: {}, routes: [] });
  if (!channel) throw new Error(`There is no channel ${name}.`);
  return channel.pace;
}

test.each([
  ['wecom', 20, 60],
  ['dingtalk', 20, 60],
  ['feishu', 5, 1],
  ['feishu', 100, 60],
])('%s is told at most %i times in any %i s', (name, most, time) => {
  const { messages, seconds } = paceOf(name);
  // The first and the last of the windows that this time touches may be touched only just.
  expect((Math.ceil(time / seconds) + 1) * messages).toBeLessThanOrEqual(most);
});

test('slack is told once in any second', () => {
  // A window begins with its first message, so that with one message each they are that far apart.
  expect(paceOf('slack')).toEqual({ messages: 1, seconds: 1 });
});
