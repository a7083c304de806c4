import { inFlightStatuses } from '@texas-ai/life';

// Each state transition of a generation: the SET clause of an UPDATE of `generations`, and the condition
// under which it is allowed. Other files compose their statements of these.

const statusIn = (statuses: readonly string[]) =>
  `generations.status IN (${statuses.map((status) => `'${status}'`).join(', ')})`;

export const inFlight = statusIn(inFlightStatuses);
export const needsAuthor = statusIn(['queued', 'planning', 'writing']);
/** A cancelled or published generation stores nothing more; a failed one may still be resumed. */
export const canStore = "generations.status NOT IN ('cancelled', 'published')";
export const isFailed = statusIn(['failed']);

/** The status in which a generation continues, derived from what is stored. */
const storedStatus = `CASE WHEN generations.brief IS NULL THEN 'queued'
  WHEN generations.chapters_written = generations.chapters_total THEN 'publishing'
  ELSE 'writing' END`;

/** Starts a new run; jobs of earlier runs do nothing. */
export const restart = 'run = generations.run + 1, touched_at = now()';

/** Also resets the tries of the plan; `resetTries` resets those of the chapters. */
const restartWithTries = `${restart}, plan_tries = 0, plan_failures = 0, status = ${storedStatus}`;

/** Needs `isFailed`. */
export const resume = `${restartWithTries}, calls_before = generations.calls,
  error_code = NULL, error_message = NULL, finished_at = NULL`;

/** Needs `needsAuthor`. Bindings: `code` and `message`. */
export const fallBack = `${restartWithTries}, author = 'offline',
  fallback_from = generations.author, fallback_code = :code, fallback_reason = :message`;

/** Needs `inFlight`. Bindings: `code` and `message`. */
export const fail =
  "status = 'failed', error_code = :code, error_message = :message, finished_at = now()";

/** Needs `inFlight`. */
export const cancel = "status = 'cancelled', finished_at = now()";

export const canStartPlan = statusIn(['queued', 'planning']);
export const startPlan = `status = 'planning', plan_tries = generations.plan_tries + 1,
  started_at = coalesce(generations.started_at, now()), touched_at = now()`;

/** Needs `canStore`. A failed generation stays failed, with its plan. */
export const planStored = `touched_at = now(),
  status = CASE WHEN ${canStartPlan} THEN 'writing' ELSE generations.status END`;

/** Needs `canStore`. */
export const chapterStored = `touched_at = now(),
  chapters_written = generations.chapters_written + 1,
  status = CASE WHEN generations.status = 'writing'
      AND generations.chapters_written + 1 = generations.chapters_total
    THEN 'publishing' ELSE generations.status END`;

export const canPublish = statusIn(['publishing']);
export const publish = "status = 'published', finished_at = now()";

/** SQL statement: resets the tries of the chapters of the generations in this CTE. */
export const resetTries = (generations: string) => `
  UPDATE chapters SET tries = 0, failures = 0
  FROM ${generations} WHERE generation_id = ${generations}.id`;
