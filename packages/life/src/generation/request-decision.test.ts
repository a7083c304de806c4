import { describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { buildGeneration } from '@texas-ai/testing';
import { generationStatuses, isInFlight } from './generation.js';
import { decideRequest } from './request-decision.js';

const request = { character: 'texas', date: Temporal.PlainDate.from('2026-11-23'), fresh: false };
const newest = (status: (typeof generationStatuses)[number]) => ({
  generation: buildGeneration({ status }),
  missingChapters: [],
});
const by = (more = {}) => ({ author: 'offline' as const, begunSince: false, ...more });

describe('a request for a day', () => {
  test('begins the first generation', () => {
    expect(decideRequest({ newest: null, repeated: null }, request, by())).toEqual({
      kind: 'begin',
      newest: null,
    });
  });

  test.each(generationStatuses)('after a generation with the status %s', (status) => {
    const state = { newest: newest(status), repeated: null };
    const expected = isInFlight(status) ? 'join' : status === 'failed' ? 'resume' : 'begin';
    expect(decideRequest(state, request, by()).kind).toBe(expected);
    expect(decideRequest(state, { ...request, fresh: true }, by()).kind).toBe('begin');
  });

  test('does not resume a generation of another author', () => {
    const state = { newest: newest('failed'), repeated: null };
    expect(decideRequest(state, request, by({ author: 'gemini' })).kind).toBe('begin');
  });

  test('joins a generation that was begun in the meantime, fresh or not', () => {
    const state = { newest: newest('queued'), repeated: null };
    const fresh = { ...request, fresh: true };
    expect(decideRequest(state, fresh, by({ begunSince: true })).kind).toBe('join');
  });

  test('with the same idempotency key returns the same generation, whatever happened since', () => {
    const { generation } = newest('published');
    const repeated = { generation, fresh: false };
    const state = { newest: newest('writing'), repeated };
    expect(decideRequest(state, request, by())).toEqual({ kind: 'repeat', generation });
  });

  test.each([
    ['character', { character: 'other' }],
    ['date', { date: Temporal.PlainDate.from('2026-11-24') }],
    ['form', { fresh: true }],
  ])('is rejected if its key was used for another %s', (_what, other) => {
    const repeated = { generation: newest('published').generation, fresh: false };
    const decide = () => decideRequest({ newest: null, repeated }, { ...request, ...other }, by());
    expect(decide).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});
