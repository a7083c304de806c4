export type LogFields = Readonly<Record<string, unknown>>;

/**
 * One line per event: a fixed message in plain words, with values as fields.
 * error = needs attention; warn = degraded but working; info = one line per job; debug = everything else.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
