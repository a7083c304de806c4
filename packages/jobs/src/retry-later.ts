/** What a job fails with that is tried again after some milliseconds. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  constructor(
    message: string,
    readonly delayMs: number,
  ) {
    super(message);
  }
}

/** BullMQ takes 0 for at once; what nobody decided on waits for `otherwiseMs`. */
export function retryLaterMs(error: Error | undefined, otherwiseMs: number): number {
  return error instanceof RetryLater ? Math.max(error.delayMs, 1) : otherwiseMs;
}
