import { describe, expect, test } from '@jest/globals';
import { delivering, key, refusal, type Send } from '../test/delivering.js';
import { deliver } from './deliver.js';

describe('what is stopped is put off at once and costs no try', () => {
  const stopped = [{ error: 'was stopped', againMs: 0, free: true }];

  test('while it waits for a place', async () => {
    const stop = new AbortController();
    const { deps, told, outcomes, logger } = delivering({ tries: 8 });
    const takePlace = async () => {
      setImmediate(() => stop.abort());
      return 19_000;
    };
    await deliver({ ...deps, takePlace }, key, stop.signal);
    expect([told, outcomes, logger.lines]).toEqual([[], stopped, []]);
  });

  test('while the channel is told', async () => {
    const stop = new AbortController();
    const send: Send = (_message, signal) => {
      stop.abort();
      return Promise.reject(signal.aborted ? refusal : 'not stopped');
    };
    const { deps, outcomes, logger } = delivering({ tries: 8, send });
    await deliver(deps, key, stop.signal);
    expect([outcomes, logger.lines]).toEqual([stopped, []]);
  });

  test('before it began', async () => {
    const { deps, told, outcomes } = delivering();
    await deliver(deps, key, AbortSignal.abort());
    expect([told, outcomes]).toEqual([[], stopped]);
  });

  test('but not what the channel took meanwhile', async () => {
    const stop = new AbortController();
    const { deps, outcomes } = delivering({
      send: async () => {
        stop.abort();
        return 'ok';
      },
    });
    await deliver(deps, key, stop.signal);
    expect(outcomes).toEqual(['sent']);
  });
});
