import { format } from 'node:util';
import type { Logger } from '@texas-ai/kernel';

/**
 * Redirects the console output of libraries and Node's warnings to the log, so that they have its format
 * and are redacted. Call once, at the start of a process.
 */
export function captureConsole(logger: Logger): void {
  const lineAt =
    (level: keyof Logger) =>
    (...values: unknown[]): void =>
      logger[level]('printed by a library', { text: format(...values) });
  Object.assign(console, {
    error: lineAt('warn'),
    warn: lineAt('warn'),
    info: lineAt('info'),
    log: lineAt('info'),
    debug: lineAt('debug'),
  });
  // Node's own listener prints to stderr.
  process.removeAllListeners('warning');
  process.on('warning', (warning) => logger.warn('warning from node', { error: warning }));
}
