/**
 * Every code a failure of Texas AI can carry. Codes are a contract: clients, alerts and retry
 * policies read them, so one is added here and never renamed.
 */
export type ErrorCode =
  // the author
  | 'author_timeout'
  | 'author_rate_limited'
  | 'author_http_error'
  | 'author_unreachable'
  | 'author_overloaded'
  | 'author_unauthorized'
  | 'author_model_unavailable'
  | 'author_quota_unavailable'
  | 'author_balance_exhausted'
  | 'author_location_unsupported'
  | 'author_blocked'
  | 'author_output_truncated'
  | 'author_invalid_output'
  | 'author_call_cap'
  | 'author_held'
  | 'call_in_flight'
  | 'budget_exhausted'
  // what the system stands on
  | 'storage_unavailable'
  | 'storage_conflict'
  | 'queue_unavailable'
  | 'alert_failed'
  | 'weather_unavailable'
  // a request
  | 'invalid_request'
  | 'malformed_json'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'date_out_of_window'
  | 'unauthorized'
  | 'forbidden'
  | 'rate_limited'
  | 'request_timeout'
  | 'headers_too_large'
  | 'route_not_found'
  | 'method_not_allowed'
  | 'character_not_found'
  | 'day_not_found'
  | 'generation_not_found'
  // backups
  | 'backup_client_missing'
  | 'backup_failed'
  | 'backup_invalid'
  | 'backup_newer_format'
  | 'backup_newer_schema'
  | 'backup_wrong_key'
  | 'backup_target_unavailable'
  | 'restore_failed'
  | 'restore_target_not_empty'
  // a character's file
  | 'import_invalid'
  // a job, a start, and what nobody foresaw
  | 'invalid_payload'
  | 'step_stalled'
  | 'aborted'
  | 'config_invalid'
  | 'local_service_failed'
  | 'internal_error';

export interface TexasErrorOptions {
  cause?: unknown;
  /**
   * Values that help a person: ids, field names, waiting times; `reason` and `fix` as `explain` has them.
   * Never a secret.
   */
  details?: Record<string, unknown>;
}

/** A failure with a stable code. Its message is our own plain English; a provider's text is at most quoted in it. */
export class TexasError extends Error {
  override readonly name = 'TexasError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: TexasErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

const longestReason = 500;

/**
 * A failure for the person who has to act on it: what happened, in brackets `details.reason`, which are the words of
 * whoever refused (of an unforeseen failure, those of its cause), and `details.fix`, what to do.
 */
export function explain(failure: unknown): string {
  const { code, message, details, cause } = asTexasError(failure);
  const unforeseen = code === 'internal_error' && cause instanceof Error ? cause.message : '';
  const reason = typeof details.reason === 'string' ? details.reason : unforeseen;
  const short = reason.length > longestReason ? `${reason.slice(0, longestReason)}…` : reason;
  const said = message.includes(short) ? message : `${message.replace(/\.$/, '')} (${short}).`;
  return typeof details.fix === 'string' ? `${said} ${details.fix}` : said;
}

/** The failure as a TexasError; anything foreign becomes `internal_error` with the original as cause. */
export function asTexasError(failure: unknown): TexasError {
  if (failure instanceof TexasError) return failure;
  return new TexasError('internal_error', 'Something failed that should not.', { cause: failure });
}
