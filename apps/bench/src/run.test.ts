import { describe, expect, it } from '@jest/globals';
import type { Figure } from './figure.js';
import { makeFixtures } from './fixtures.js';
import { type RunDeps, run } from './run.js';

const figure: Figure = { id: 'f', name: 'a figure', value: 1, unit: 's' };

function deps(overrides: Partial<RunDeps> = {}): RunDeps & { said: string[] } {
  const said: string[] = [];
  return {
    said,
    log: (line) => said.push(line),
    fixture: async (name) => `the ${name}`,
    measure: async () => [figure],
    ...overrides,
  };
}

describe('a run', () => {
  it('gives each measurement its fixtures', async () => {
    const given: unknown[] = [];
    const measure: RunDeps['measure'] = async (id, fixtures) => {
      given.push([id, fixtures]);
      return [figure];
    };
    const outcomes = await run(
      [
        { id: 'a', title: 'A', needs: ['wrk'] },
        { id: 'b', title: 'B', needs: [] },
      ],
      deps({ measure }),
    );
    expect(given).toEqual([
      ['a', { wrk: 'the wrk' }],
      ['b', {}],
    ]);
    expect(outcomes).toMatchObject([
      { id: 'a', title: 'A', figures: [figure], failure: null },
      { id: 'b', title: 'B', figures: [figure], failure: null },
    ]);
  });

  it('continues after failures', async () => {
    const broken = deps({
      async fixture() {
        throw new Error('no such thing');
      },
      async measure(id) {
        if (id === 'throws') throw new Error('it broke');
        if (id === 'no number') return [{ ...figure, value: Number.NaN }];
        if (id === 'no floor') return [{ ...figure, floor: { name: 'nothing', value: 0 } }];
        return [figure];
      },
    });
    const outcomes = await run(
      [
        { id: 'needy', title: 'Needy', needs: ['wrk'] },
        { id: 'throws', title: 'Throws', needs: [] },
        { id: 'no number', title: 'No number', needs: [] },
        { id: 'no floor', title: 'No floor', needs: [] },
        { id: 'good', title: 'Good', needs: [] },
      ],
      broken,
    );
    expect(outcomes.map(({ id, failure, figures }) => [id, failure, figures.length])).toEqual([
      ['needy', 'no such thing', 0],
      ['throws', 'it broke', 0],
      ['no number', 'f is NaN.', 0],
      ['no floor', 'f is 1, with a floor of 0.', 0],
      ['good', null, 1],
    ]);
    expect(broken.said).toContain('Failed: it broke');
  });
});

describe('fixtures', () => {
  it('are created once, and a failed one fails every use', async () => {
    let made = 0;
    const fixture = makeFixtures({
      root: '/nowhere',
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      async makeDatabase() {
        made += 1;
        throw new Error('no database');
      },
    });
    expect(made).toBe(0);
    await expect(fixture('millionExperiences')).rejects.toThrow('no database');
    await expect(fixture('millionExperiences')).rejects.toThrow('no database');
    expect(made).toBe(1);
  });
});
