import { describe, expect, test } from '@jest/globals';
import type { AlertCondition } from '@texas-ai/kernel';
import { channelsFor, type Route } from './routing.js';

const channels = ['wecom', 'email', 'bark'];
const error: Pick<AlertCondition, 'kind' | 'level'> = { kind: 'no_worker', level: 'error' };
const warning: Pick<AlertCondition, 'kind' | 'level'> = { kind: 'slow_step', level: 'warning' };

describe('an alert goes', () => {
  test.each<[string, Route[], { error: string[]; warning: string[] }]>([
    ['to all channels without routes', [], { error: channels, warning: channels }],
    [
      'to the channels of the first matching route only',
      [{ levels: ['error'], channels: ['wecom'] }, { channels: ['email'] }],
      { error: ['wecom'], warning: ['email'] },
    ],
    [
      'by its kind',
      [{ kinds: ['redis_away', 'slow_step'], channels: ['bark'] }],
      { error: [], warning: ['bark'] },
    ],
    [
      'to a route only if both kind and level match',
      [{ kinds: ['no_worker', 'slow_step'], levels: ['error'], channels: ['wecom'] }],
      { error: ['wecom'], warning: [] },
    ],
    [
      'to no channel if the first matching route has none',
      [{ kinds: ['slow_step'], channels: [] }, { channels: ['wecom', 'email'] }],
      { error: ['wecom', 'email'], warning: [] },
    ],
    [
      'to no channel if no route matches',
      [
        { kinds: [], channels: ['wecom'] },
        { levels: [], channels: ['wecom'] },
      ],
      { error: [], warning: [] },
    ],
    [
      'to configured channels only, and to each once',
      [{ channels: ['telegram', 'email', 'email'] }],
      { error: ['email'], warning: ['email'] },
    ],
  ])('%s', (_name, routes, expected) => {
    expect(channelsFor(error, routes, channels)).toEqual(expected.error);
    expect(channelsFor(warning, routes, channels)).toEqual(expected.warning);
  });
});
