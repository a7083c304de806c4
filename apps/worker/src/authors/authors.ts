import { makeGeminiAuthor, makeOfflineAuthor } from '@texas-ai/authors';
import { type Config, configInvalid } from '@texas-ai/config';
import { type CallBucketOptions, makeCallBucket, type QueueName, queueNames } from '@texas-ai/jobs';
import { type Clock, TexasError } from '@texas-ai/kernel';
import {
  type Author,
  type AuthorName,
  type Authors,
  authorNames,
  type Quotas,
} from '@texas-ai/life';

/** The authors that this process can call; Gemini requires a key. */
export function makeAuthors(
  { authoring }: Config,
  clock: Clock,
): { find: Authors; names: AuthorName[] } {
  const authors = new Map<AuthorName, Author>([['offline', makeOfflineAuthor()]]);
  const { apiKey, model, baseUrl } = authoring.gemini;
  if (apiKey !== null) {
    const timeoutMs = authoring.callTimeoutSeconds * 1000;
    authors.set('gemini', makeGeminiAuthor({ apiKey, model, baseUrl, timeoutMs, clock }));
  }
  return {
    names: [...authors.keys()],
    find(name) {
      const author = authors.get(name);
      if (author) return author;
      throw new TexasError('author_unauthorized', `This worker has no key for ${name}.`);
    },
  };
}

/** Gemini's daily quotas reset at midnight Pacific time. */
const quotaTimeZone = 'America/Los_Angeles';
const none: Quotas = { bucket: null, day: null };

/** The rate limits and daily quota of each author's key, shared by the whole fleet. */
export function makeQuotas({
  config,
  authors,
  connection,
  prefix,
}: {
  config: Config;
  authors: Authors;
  connection: CallBucketOptions['connection'];
  prefix: string;
}): (author: AuthorName) => Quotas {
  const { apiKey, requestsPerMinute, tokensPerMinute, requestsPerDay } = config.authoring.gemini;
  if (apiKey === null) return () => none;
  const name = `gemini:${authors('gemini').fingerprint}`;
  const gemini: Quotas = {
    bucket: makeCallBucket({ connection, prefix, name, requestsPerMinute, tokensPerMinute }),
    day: requestsPerDay === null ? null : { max: requestsPerDay, timeZone: quotaTimeZone },
  };
  return (author) => (author === 'gemini' ? gemini : none);
}

/**
 * The queues that this worker processes: the configured ones, without those of authors that it cannot
 * call. Throws `config_invalid` if none is left.
 */
export function queuesOf(
  configured: 'all' | readonly string[],
  authors: readonly AuthorName[],
): QueueName[] {
  const unavailable = authorNames.filter((name) => !authors.includes(name));
  const queues = queueNames.filter(
    (queue) =>
      !unavailable.some((name) => queue === `author-${name}`) &&
      (configured === 'all' || configured.includes(queue)),
  );
  if (queues.length > 0) return queues;
  throw configInvalid([
    'WORKER_QUEUES: expected a queue that this worker can process, with a key for its author',
  ]);
}
