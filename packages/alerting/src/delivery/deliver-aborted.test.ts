import { describe, expect, test } from '@jest/globals';
import { key, makeDeliverDeps, rejection, type Send } from '../../test/deliver-deps.js';
import { deliver } from './deliver.js';

describe('an aborted delivery is postponed at once and is not a try', () => {
  const aborted = [{ error: 'aborted', againMs: 0, free: true }];

  test('while it waits for the rate limit', async () => {
    const stop = new AbortController();
    const { deps, messages, outcomes, logger } = makeDeliverDeps({ tries: 8 });
    const acquire = async () => {
      setImmediate(() => stop.abort());
      return 19_000;
    };
    await deliver({ ...deps, acquire }, key, stop.signal);
    expect([messages, outcomes, logger.lines]).toEqual([[], aborted, []]);
  });

  test('while the message is being sent', async () => {
    const stop = new AbortController();
    const send: Send = (_message, signal) => {
      stop.abort();
      return Promise.reject(signal.aborted ? rejection : 'not stopped');
    };
    const { deps, outcomes, logger } = makeDeliverDeps({ tries: 8, send });
    await deliver(deps, key, stop.signal);
    expect([outcomes, logger.lines]).toEqual([aborted, []]);
  });

  test('before it started', async () => {
    const { deps, messages, outcomes } = makeDeliverDeps();
    await deliver(deps, key, AbortSignal.abort());
    expect([messages, outcomes]).toEqual([[], aborted]);
  });

  test('unless the channel has accepted the message', async () => {
    const stop = new AbortController();
    const { deps, outcomes } = makeDeliverDeps({
      send: async () => {
        stop.abort();
        return 'ok';
      },
    });
    await deliver(deps, key, stop.signal);
    expect(outcomes).toEqual(['sent']);
  });
});
