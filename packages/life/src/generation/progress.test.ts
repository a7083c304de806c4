import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Generation } from './generation.js';
import { progressEventSchema, progressOf, progressSince } from './progress.js';

const id = '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11';
type State = Pick<Generation, 'id' | 'status' | 'chapters' | 'error' | 'startedAt'> & {
  order: number[];
};

/** All states of a generation, with chapters in any order and possibly a failure in between. */
const ways = fc
  .record({
    order: fc.integer({ min: 1, max: 6 }).chain((total) =>
      fc.shuffledSubarray(
        Array.from({ length: total }, (_, position) => position),
        { minLength: total },
      ),
    ),
    failsAfter: fc.option(fc.nat(6), { nil: undefined }),
    end: fc.constantFrom('published' as const, 'cancelled' as const),
  })
  .map(({ order, failsAfter, end }) => {
    const total = order.length;
    const state = (status: Generation['status'], written: number): State => ({
      id,
      status,
      chapters: { total: status === 'queued' || status === 'planning' ? 0 : total, written },
      error: status === 'failed' ? { code: 'author_timeout', message: 'Too slow.' } : null,
      startedAt: status === 'queued' ? null : '2026-11-23T00:00:00Z',
      order: order.slice(0, written),
    });
    const states = [state('queued', 0), state('planning', 0)];
    for (let written = 0; written <= total; written++) {
      states.push(state(written === total ? 'publishing' : 'writing', written));
      if (written === failsAfter) states.push(state('failed', written), state('writing', written));
    }
    return [...states, state(end, total)];
  });

const eventsOf = ({ order, ...generation }: State) => progressOf(generation, order);

test('a client that reads at any moments gets each event once, in order, with the end last', () => {
  fc.assert(
    fc.property(ways, fc.infiniteStream(fc.boolean()), (states, reads) => {
      const received: string[] = [];
      let lastId: string | undefined;
      for (const [index, state] of states.entries()) {
        const last = index === states.length - 1;
        if (!last && !reads.next().value) continue;
        for (const event of progressSince(eventsOf(state), lastId)) {
          progressEventSchema.parse(event);
          lastId = event.id;
          if (event.type !== 'failed') received.push(`${event.type} ${event.chapter ?? ''}`.trim());
        }
      }
      const final = states.at(-1);
      expect(received).toEqual([
        'queued',
        'planning',
        'planned',
        ...(final?.order ?? []).map((chapter) => `chapter ${chapter}`),
        final?.status,
      ]);
    }),
  );
});

test('ids are stable while a generation continues', () => {
  fc.assert(
    fc.property(ways, (states) => {
      const meaning = new Map<string, string>();
      for (const state of states) {
        for (const { id: eventId, type, chapter } of eventsOf(state)) {
          const said = `${type} ${chapter}`;
          expect(meaning.get(eventId) ?? said).toBe(said);
          meaning.set(eventId, said);
        }
      }
    }),
  );
});

test.each([undefined, '', 'x', '-1', '1-2-3', '99999', 'NaN'])(
  'an invalid id replays everything: %j',
  (lastId) => {
    const events = progressOf(
      { id, status: 'queued', chapters: { total: 0, written: 0 }, error: null, startedAt: null },
      [],
    );
    expect(progressSince(events, lastId)).toEqual(events);
  },
);

test('the end is not repeated to a client that has it', () => {
  const events = progressOf(
    { id, status: 'cancelled', chapters: { total: 0, written: 0 }, error: null, startedAt: null },
    [],
  );
  expect(events.map((event) => event.id)).toEqual(['1', '1-cancelled']);
  expect(progressSince(events, '1-cancelled')).toEqual([]);
  expect(progressSince(events, '1')).toHaveLength(1);
});
