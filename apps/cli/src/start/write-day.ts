import { setTimeout as delay } from 'node:timers/promises';
import { TexasError } from '@texas-ai/kernel';
import { type AuthorName, type Day, type GenerationView, isInFlight } from '@texas-ai/life';
import type { ApiClient } from './api-client.js';

export interface WriteDayDeps {
  api: ApiClient;
  /** The configured author. A generation in flight of another author is replaced. */
  author: AuthorName;
  onProgress(line: string): void;
  signal: AbortSignal;
}

const pollMs = 100;

/**
 * Returns a day, which is written first if there is none. Resumes a generation that is in flight or failed. Reports
 * if another author wrote the day, even if it already existed. Throws with the generation's error if it fails, and
 * `aborted` if the signal is.
 */
export async function writeDay(deps: WriteDayDeps, character: string, date: string): Promise<Day> {
  const reported = new Set<string>();
  const existing = await deps.api.day(character, date);
  const day = existing ?? (await requestDay(deps, character, date, reported));
  const { fallback } = day.generation;
  if (fallback) deps.onProgress(describeFallback(fallback, reported));
  return day;
}

async function requestDay(
  deps: WriteDayDeps,
  character: string,
  date: string,
  reported: Set<string>,
): Promise<Day> {
  const { api, author, onProgress } = deps;
  const current = await api.requestDay(character, date, false);
  const isByAnotherAuthor = isInFlight(current.status) && current.author !== author;
  const generation = isByAnotherAuthor ? await api.requestDay(character, date, true) : current;
  onProgress(`Writing ${date} of ${character} (author: ${generation.author})…`);
  const ended = await follow(deps, generation, reported);
  const day = await api.day(character, date);
  if (ended.status === 'published' && day) return day;
  const reason = ended.error
    ? `${ended.error.message} (${ended.error.code})`
    : `it was ${ended.status}`;
  throw new TexasError('day_not_found', `The day could not be written: ${reason}`);
}

/** Reports the generation's progress until it ends. Adds reported reasons to `reported`, so that none is repeated. */
async function follow(
  deps: WriteDayDeps,
  generation: GenerationView,
  reported: Set<string>,
): Promise<GenerationView> {
  let current = generation;
  let last = '';
  for (;;) {
    const line = describe(current);
    if (line !== last) {
      deps.onProgress(`${line}${unreportedReason(current.waiting?.reason, reported)}`);
    }
    last = line;
    if (!isInFlight(current.status)) return current;
    await delay(pollMs, undefined, { signal: deps.signal });
    current = await deps.api.generation(generation.id);
  }
}

function describeFallback(
  { from, to, code, reason }: NonNullable<GenerationView['fallback']>,
  reported: Set<string>,
): string {
  const why = unreportedReason(reason, reported) || '.';
  return `The ${to} author wrote this day in place of ${from} (${code})${why}`;
}

function unreportedReason(reason: string | null | undefined, reported: Set<string>): string {
  if (!reason || reported.has(reason)) return '';
  reported.add(reason);
  return `: ${reason}`;
}

/** The state in one line. The end of a wait is given in UTC. */
function describe({ status, chapters, waiting }: GenerationView): string {
  const state =
    status === 'writing' ? `writing, ${chapters.written} of ${chapters.total} chapters` : status;
  return waiting === null ? `  ${state}` : `  ${state}; waits until ${waiting.until.slice(0, 16)}Z`;
}
