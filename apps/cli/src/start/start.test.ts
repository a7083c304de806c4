import { describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import type { Day, GenerationView } from '@texas-ai/life';
import { buildProfile } from '@texas-ai/testing';
import type { ApiClient } from './api-client.js';
import { requestedDays } from './options.js';
import { writeDay } from './write-day.js';

const now = Temporal.Instant.from('2026-11-23T20:00:00Z');
const texas = buildProfile('zh', { id: 'texas', timeZone: 'Asia/Shanghai' });
const lappland = buildProfile('en', { id: 'lappland', timeZone: 'Europe/Rome' });

describe('requestedDays', () => {
  test('returns today of every character in its time zone', () => {
    const days = requestedDays({ once: false, json: false }, [texas, lappland], now);
    expect(days.map(({ profile, date }) => `${profile.id} ${date}`)).toEqual([
      'texas 2026-11-24',
      'lappland 2026-11-23',
    ]);
  });

  test('returns the given character and date', () => {
    const options = { once: true, json: true, character: 'lappland', date: '2026-12-01' };
    expect(requestedDays(options, [texas, lappland], now)).toMatchObject([{ date: '2026-12-01' }]);
  });

  test.each([
    [{ once: true, json: false }, /choose one of texas, lappland/],
    [{ once: true, json: false, character: 'emperor' }, /there is no “emperor”/],
    [{ once: false, json: true }, /requires --once/],
    [{ once: true, json: false, character: 'texas', date: '12/12/2025' }, /not a date/],
  ])('rejects %j', (options, sentence) => {
    expect(() => requestedDays(options, [texas, lappland], now)).toThrow(sentence);
  });
});

describe('writeDay', () => {
  const view = (overrides: Partial<GenerationView>): GenerationView => ({
    id: '019aafe0-0000-7000-8000-000000000000',
    character: 'texas',
    date: '2026-11-23',
    status: 'queued',
    author: 'offline',
    model: null,
    chapters: { total: 0, written: 0 },
    usage: { calls: 0, inputTokens: 0, outputTokens: 0, cost: 0, unpricedCalls: 0 },
    fallback: null,
    waiting: null,
    error: null,
    createdAt: '2026-11-23T00:00:00Z',
    startedAt: null,
    finishedAt: null,
    ...overrides,
  });
  const dayBy = (fallback: GenerationView['fallback']) =>
    ({ date: '2026-11-23', generation: { fallback } }) as Day;
  const day = dayBy(null);

  function fakeApi(responses: { days: (Day | null)[]; states: Partial<GenerationView>[] }) {
    const requests: boolean[] = [];
    const client: ApiClient = {
      isReady: async () => true,
      day: async () => responses.days.shift() ?? null,
      async requestDay(_character, _date, fresh) {
        requests.push(fresh);
        return view(responses.states.shift() ?? {});
      },
      generation: async () => view(responses.states.shift() ?? {}),
    };
    const progress: string[] = [];
    const write = () =>
      writeDay(
        {
          api: client,
          author: 'offline',
          onProgress: (line) => progress.push(line.trim()),
          signal: new AbortController().signal,
        },
        'texas',
        '2026-11-23',
      );
    return { write, requests, progress };
  }

  test('does not request an existing day', async () => {
    const { write, requests } = fakeApi({ days: [day], states: [] });
    expect(await write()).toBe(day);
    expect(requests).toEqual([]);
  });

  test('reports each state once', async () => {
    const { write, progress } = fakeApi({
      days: [null, day],
      states: [
        {},
        {},
        { status: 'writing', chapters: { total: 4, written: 1 } },
        { status: 'published' },
      ],
    });
    expect(await write()).toBe(day);
    expect(progress.slice(1)).toEqual(['queued', 'writing, 1 of 4 chapters', 'published']);
  });

  test('reports the end and the reason of a wait', async () => {
    const waiting = { until: '2026-11-23T08:15:30.5Z', reason: 'The author is cooling down.' };
    const { write, progress } = fakeApi({
      days: [null, day],
      states: [{}, { status: 'planning', waiting }, { status: 'published' }],
    });
    await write();
    expect(progress[2]).toBe(
      'planning; waits until 2026-11-23T08:15Z: The author is cooling down.',
    );
  });

  test('reports a fallback and its reason before the day is printed', async () => {
    const reason = 'Gemini does not offer the model.';
    const fallback = {
      from: 'gemini',
      to: 'offline',
      code: 'author_model_unavailable',
      reason,
    } as const;
    const { write, progress } = fakeApi({
      days: [null, dayBy(fallback)],
      states: [{}, { status: 'published', fallback }],
    });
    await write();
    const existing = fakeApi({ days: [dayBy(fallback)], states: [] });
    await existing.write();
    expect(existing.progress).toEqual(progress.slice(-1));
    expect(progress.at(-1)).toBe(
      'The offline author wrote this day in place of gemini (author_model_unavailable): Gemini does not offer the model.',
    );
  });

  test('reports a reason only once', async () => {
    const reason = 'Gemini does not offer the model.';
    const waiting = { until: '2026-11-23T08:15:30.5Z', reason };
    const fallback = {
      from: 'gemini',
      to: 'offline',
      code: 'author_model_unavailable',
      reason,
    } as const;
    const { write, progress } = fakeApi({
      days: [null, dayBy(fallback)],
      states: [{ waiting }, { status: 'planning', waiting }, { status: 'published', fallback }],
    });
    await write();
    expect(progress.slice(1)).toEqual([
      `queued; waits until 2026-11-23T08:15Z: ${reason}`,
      'planning; waits until 2026-11-23T08:15Z',
      'published',
      'The offline author wrote this day in place of gemini (author_model_unavailable).',
    ]);
  });

  test('replaces the generation of another author', async () => {
    const { write, requests } = fakeApi({
      days: [null, day],
      states: [{ author: 'gemini', status: 'writing' }, { status: 'published' }],
    });
    await write();
    expect(requests).toEqual([false, true]);
  });

  test('throws with the reason of a failed generation', async () => {
    const error = { code: 'author_unauthorized', message: 'The key was refused.' };
    const { write } = fakeApi({ days: [null], states: [{ status: 'failed', error }] });
    await expect(write()).rejects.toThrow('The key was refused. (author_unauthorized)');
  });
});
