/** All error codes. They are a contract with clients, alerts and retry policies: never rename one. */
export type ErrorCode =
  // authors
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
  // infrastructure
  | 'storage_unavailable'
  | 'storage_conflict'
  | 'queue_unavailable'
  | 'alert_failed'
  | 'weather_unavailable'
  // requests
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
  // character files
  | 'import_invalid'
  // jobs, startup, and unexpected errors
  | 'invalid_payload'
  | 'step_stalled'
  | 'aborted'
  | 'config_invalid'
  | 'local_service_failed'
  | 'internal_error';

export interface TexasErrorOptions {
  cause?: unknown;
  /** Helpful values such as ids, field names and delays, never secrets; `explain` prints `reason` and `fix`. */
  details?: Record<string, unknown>;
}

/** An error with a stable code. The message is in plain English; it may quote a provider's text. */
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

const maxReason = 500;

/**
 * Describes a failure for the user: the message, then in brackets `details.reason` (for an unexpected error, the
 * message of its cause), then `details.fix`.
 */
export function explain(failure: unknown): string {
  const { code, message, details, cause } = asTexasError(failure);
  const unexpected = code === 'internal_error' && cause instanceof Error ? cause.message : '';
  const reason = typeof details.reason === 'string' ? details.reason : unexpected;
  const short = reason.length > maxReason ? `${reason.slice(0, maxReason)}…` : reason;
  const text = message.includes(short) ? message : `${message.replace(/\.$/, '')} (${short}).`;
  return typeof details.fix === 'string' ? `${text} ${details.fix}` : text;
}

/** Returns the failure as a TexasError; anything else becomes the cause of an `internal_error`. */
export function asTexasError(failure: unknown): TexasError {
  if (failure instanceof TexasError) return failure;
  return new TexasError('internal_error', 'An unexpected error occurred.', { cause: failure });
}
