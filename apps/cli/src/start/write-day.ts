import { setTimeout as pause } from 'node:timers/promises';
import { TexasError } from '@texas-ai/kernel';
import { type AuthorName, type Day, type GenerationView, isInFlight } from '@texas-ai/life';
import type { ApiClient } from './api-client.js';

export interface WriteDayDeps {
  api: ApiClient;
  /** Who writes here; a generation left behind by another author is begun anew. */
  author: AuthorName;
  onProgress(line: string): void;
  signal: AbortSignal;
}

const pollMs = 100;

/**
 * The day, written first where there is none. A generation that is under way, or failed, goes on. Says
 * where another author wrote it, also of a day that was there. Throws the generation's own words where it
 * fails, `aborted` where the signal says so.
 */
export async function writeDay(deps: WriteDayDeps, character: string, date: string): Promise<Day> {
  const told = new Set<string>();
  const written = await deps.api.day(character, date);
  const day = written ?? (await request(deps, character, date, told));
  const { fallback } = day.generation;
  if (fallback) deps.onProgress(describeFallback(fallback, told));
  return day;
}

async function request(
  deps: WriteDayDeps,
  character: string,
  date: string,
  told: Set<string>,
): Promise<Day> {
  const { api, author, onProgress } = deps;
  const asked = await api.requestDay(character, date, false);
  const left = isInFlight(asked.status) && asked.author !== author;
  const generation = left ? await api.requestDay(character, date, true) : asked;
  onProgress(`Writing ${date} of ${character} (author: ${generation.author})…`);
  const ended = await follow(deps, generation, told);
  const day = await api.day(character, date);
  if (ended.status === 'published' && day) return day;
  const reason = ended.error
    ? `${ended.error.message} (${ended.error.code})`
    : `it was ${ended.status}`;
  throw new TexasError('day_not_found', `The day could not be written: ${reason}`);
}

/** `told` gathers the reasons that were said: each is said once. */
async function follow(
  deps: WriteDayDeps,
  generation: GenerationView,
  told: Set<string>,
): Promise<GenerationView> {
  let seen = generation;
  let said = '';
  for (;;) {
    const stands = describe(seen);
    if (stands !== said) deps.onProgress(`${stands}${reasonOnce(seen.waiting?.reason, told)}`);
    said = stands;
    if (!isInFlight(seen.status)) return seen;
    await pause(pollMs, undefined, { signal: deps.signal });
    seen = await deps.api.generation(generation.id);
  }
}

/** Before the day, so that nobody takes it for what its own author would have written. */
function describeFallback(
  { from, to, code, reason }: NonNullable<GenerationView['fallback']>,
  told: Set<string>,
): string {
  const why = reasonOnce(reason, told) || '.';
  return `The ${to} author wrote this day in place of ${from} (${code})${why}`;
}

function reasonOnce(reason: string | null | undefined, told: Set<string>): string {
  if (!reason || told.has(reason)) return '';
  told.add(reason);
  return `: ${reason}`;
}

/** One line; a rest is told of with the time at which it ends, in UTC. */
function describe({ status, chapters, waiting }: GenerationView): string {
  const stands =
    status === 'writing' ? `writing, ${chapters.written} of ${chapters.total} chapters` : status;
  return waiting === null
    ? `  ${stands}`
    : `  ${stands}; waits until ${waiting.until.slice(0, 16)}Z`;
}
