import type { LogFields, Logger } from '@texas-ai/kernel';

export interface LoggedLine {
  level: keyof Logger;
  message: string;
  fields: LogFields;
}

/** A logger that records its lines. */
export function makeLogSpy(): Logger & { lines: LoggedLine[] } {
  const lines: LoggedLine[] = [];
  const at =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}) => {
      lines.push({ level, message, fields });
    };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
