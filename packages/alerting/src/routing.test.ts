import { describe, expect, test } from '@jest/globals';
import type { AlertCondition } from '@texas-ai/kernel';
import { channelsFor, type Route } from './routing.js';

const channels = ['wecom', 'email', 'bark'];
const error: Pick<AlertCondition, 'kind' | 'level'> = { kind: 'no_worker', level: 'error' };
const warning: Pick<AlertCondition, 'kind' | 'level'> = { kind: 'slow_step', level: 'warning' };

describe('a trouble goes', () => {
  test.each<[string, Route[], { error: string[]; warning: string[] }]>([
    ['everywhere without routes', [], { error: channels, warning: channels }],
    [
      'where the first route that fits says, also if a later one fits',
      [{ levels: ['error'], channels: ['wecom'] }, { channels: ['email'] }],
      { error: ['wecom'], warning: ['email'] },
    ],
    [
      'by its kind',
      [{ kinds: ['redis_away', 'slow_step'], channels: ['bark'] }],
      { error: [], warning: ['bark'] },
    ],
    [
      'only where kind and level fit both',
      [{ kinds: ['no_worker', 'slow_step'], levels: ['error'], channels: ['wecom'] }],
      { error: ['wecom'], warning: [] },
    ],
    [
      'nowhere where the first route names no channel',
      [{ kinds: ['slow_step'], channels: [] }, { channels: ['wecom', 'email'] }],
      { error: ['wecom', 'email'], warning: [] },
    ],
    [
      'nowhere where a route fits no kind and no level',
      [
        { kinds: [], channels: ['wecom'] },
        { levels: [], channels: ['wecom'] },
      ],
      { error: [], warning: [] },
    ],
    [
      'to no channel that is not configured, and to each once',
      [{ channels: ['telegram', 'email', 'email'] }],
      { error: ['email'], warning: ['email'] },
    ],
  ])('%s', (_name, routes, expected) => {
    expect(channelsFor(error, routes, channels)).toEqual(expected.error);
    expect(channelsFor(warning, routes, channels)).toEqual(expected.warning);
  });
});
