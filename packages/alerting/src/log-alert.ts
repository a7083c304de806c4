import type { Logger } from '@texas-ai/kernel';
import type { Alert } from './alert.js';

/** The log tells of the beginning and the end of a trouble as well, for whoever has no channel. */
export function logAlert(
  logger: Logger,
  { kind, subject, level, title, recoveredAt, count }: Alert,
): void {
  const fields = { kind, subject, title, count };
  if (recoveredAt !== null) logger.info('trouble is over', fields);
  else logger[level === 'error' ? 'error' : 'warn']('trouble', fields);
}
