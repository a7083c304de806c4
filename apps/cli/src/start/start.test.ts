import { describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import type { Day, GenerationView } from '@texas-ai/life';
import { buildProfile } from '@texas-ai/testing';
import type { ApiClient } from './api-client.js';
import { wantedDays } from './options.js';
import { writeDay } from './write-day.js';

const now = Temporal.Instant.from('2026-11-23T20:00:00Z');
const texas = buildProfile('zh', { id: 'texas', timeZone: 'Asia/Shanghai' });
const lappland = buildProfile('en', { id: 'lappland', timeZone: 'Europe/Rome' });

describe('which days a start writes', () => {
  test('today of every character, in the zone of each', () => {
    const days = wantedDays({ once: false, json: false }, [texas, lappland], now);
    expect(days.map(({ profile, date }) => `${profile.id} ${date}`)).toEqual([
      'texas 2026-11-24',
      'lappland 2026-11-23',
    ]);
  });

  test('the one that is named, on the date that is named', () => {
    const options = { once: true, json: true, character: 'lappland', date: '2026-12-01' };
    expect(wantedDays(options, [texas, lappland], now)).toMatchObject([{ date: '2026-12-01' }]);
  });

  test.each([
    [{ once: true, json: false }, /say which one of texas, lappland/],
    [{ once: true, json: false, character: 'emperor' }, /there is no “emperor”/],
    [{ once: false, json: true }, /goes with --once/],
    [{ once: true, json: false, character: 'texas', date: '12/12/2025' }, /not a date/],
  ])('%j is refused', (options, sentence) => {
    expect(() => wantedDays(options, [texas, lappland], now)).toThrow(sentence);
  });
});

describe('writing a day through the api', () => {
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

  function api(answers: { days: (Day | null)[]; states: Partial<GenerationView>[] }) {
    const asked: boolean[] = [];
    const client: ApiClient = {
      isReady: async () => true,
      day: async () => answers.days.shift() ?? null,
      async requestDay(_character, _date, fresh) {
        asked.push(fresh);
        return view(answers.states.shift() ?? {});
      },
      generation: async () => view(answers.states.shift() ?? {}),
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
    return { write, asked, progress };
  }

  test('a day that is there is not asked for', async () => {
    const { write, asked } = api({ days: [day], states: [] });
    expect(await write()).toBe(day);
    expect(asked).toEqual([]);
  });

  test('progress is told, each state once', async () => {
    const { write, progress } = api({
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

  test('a rest is told of, until when and why', async () => {
    const waiting = { until: '2026-11-23T08:15:30.5Z', reason: 'The author rests.' };
    const { write, progress } = api({
      days: [null, day],
      states: [{}, { status: 'planning', waiting }, { status: 'published' }],
    });
    await write();
    expect(progress[2]).toBe('planning; waits until 2026-11-23T08:15Z: The author rests.');
  });

  test('a day of another author says whose place it took, and why, before it is shown', async () => {
    const reason = 'Gemini does not offer the model.';
    const fallback = {
      from: 'gemini',
      to: 'offline',
      code: 'author_model_unavailable',
      reason,
    } as const;
    const { write, progress } = api({
      days: [null, dayBy(fallback)],
      states: [{}, { status: 'published', fallback }],
    });
    await write();
    const there = api({ days: [dayBy(fallback)], states: [] });
    await there.write();
    expect(there.progress).toEqual(progress.slice(-1));
    expect(progress.at(-1)).toBe(
      'The offline author wrote this day in place of gemini (author_model_unavailable): Gemini does not offer the model.',
    );
  });

  test('a reason is said once, however long it lasts and whatever comes of it', async () => {
    const reason = 'Gemini does not offer the model.';
    const waiting = { until: '2026-11-23T08:15:30.5Z', reason };
    const fallback = {
      from: 'gemini',
      to: 'offline',
      code: 'author_model_unavailable',
      reason,
    } as const;
    const { write, progress } = api({
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

  test('what another author left behind is begun anew', async () => {
    const { write, asked } = api({
      days: [null, day],
      states: [{ author: 'gemini', status: 'writing' }, { status: 'published' }],
    });
    await write();
    expect(asked).toEqual([false, true]);
  });

  test('a generation that failed says why', async () => {
    const error = { code: 'author_unauthorized', message: 'The key was refused.' };
    const { write } = api({ days: [null], states: [{ status: 'failed', error }] });
    await expect(write()).rejects.toThrow('The key was refused. (author_unauthorized)');
  });
});
