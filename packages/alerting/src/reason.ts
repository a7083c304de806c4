import { asTexasError } from '@texas-ai/kernel';

/** Most of a reason that is kept or shown, in characters. */
const longestReason = 300;

/** Why a channel was not told: our own words and what it answered, cut once secrets are out of it. */
export function reasonOf(failure: unknown, redact: (text: string) => string): string {
  const { message, details } = asTexasError(failure);
  const said = [message, details.status, details.answer].filter((part) => part !== undefined);
  return redact(said.join(' ').trim()).slice(0, longestReason);
}
