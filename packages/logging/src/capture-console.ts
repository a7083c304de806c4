import { format } from 'node:util';
import type { Logger } from '@texas-ai/kernel';

/**
 * From here on what libraries print on the console, and what Node warns of, are lines of this log: in
 * its form, and redacted. For the entry of a process, once.
 */
export function captureConsole(logger: Logger): void {
  const lineAt =
    (level: keyof Logger) =>
    (...printed: unknown[]): void =>
      logger[level]('printed by a library', { text: format(...printed) });
  Object.assign(console, {
    error: lineAt('warn'),
    warn: lineAt('warn'),
    info: lineAt('info'),
    log: lineAt('info'),
    debug: lineAt('debug'),
  });
  // The one listener that is there is Node's own, which prints.
  process.removeAllListeners('warning');
  process.on('warning', (warning) => logger.warn('node warns', { error: warning }));
}
