import { describe, expect, it } from '@jest/globals';
import { type Aim, aimWords, standingOf } from './aim.js';

describe('an aim', () => {
  it.each<[Aim, string]>([
    [{ of: 'value', atMost: 110 }, 'at most 110'],
    [{ of: 'value', atLeast: 3000 }, 'at least 3,000'],
    [{ of: 'value', atMost: 1.15, limit: 1.3 }, '1.15, at most 1.3'],
    [{ of: 'ratio', atLeast: 0.55 }, 'at least 0.55 of the floor'],
    [{ words: 'as small as can be' }, 'as small as can be'],
  ])('says what it is: %j', (aim, words) => {
    expect(aimWords(aim)).toBe(words);
  });

  it.each<[Aim, number, number | null, ReturnType<typeof standingOf>]>([
    [{ of: 'value', atMost: 110 }, 110, null, 'met'],
    [{ of: 'value', atMost: 110 }, 110.1, null, 'missed'],
    [{ of: 'value', atLeast: 3000 }, 3000, null, 'met'],
    [{ of: 'value', atLeast: 3000 }, 2999, null, 'missed'],
    [{ of: 'value', atMost: 1.15, limit: 1.3 }, 1.2, null, 'within the limit'],
    [{ of: 'value', atMost: 1.15, limit: 1.3 }, 1.31, null, 'missed'],
    [{ of: 'ratio', atLeast: 0.55 }, 1000, 0.6, 'met'],
    [{ of: 'ratio', atLeast: 0.55 }, 1000, 0.5, 'missed'],
    [{ of: 'ratio', atMost: 1.2 }, 1, null, 'missed'],
    [{ words: 'as small as can be' }, 1, 1, null],
  ])('is held against what it is about: %j of %d, ratio %d', (aim, value, ratio, standing) => {
    expect(standingOf(aim, { value, ratio })).toBe(standing);
  });

  it('is empty without a target', () => {
    expect(aimWords(undefined)).toBe('');
    expect(standingOf(undefined, { value: 1, ratio: 1 })).toBeNull();
  });
});
