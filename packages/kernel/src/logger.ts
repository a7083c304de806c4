export type LogFields = Readonly<Record<string, unknown>>;

/**
 * One line per thing that happened: a fixed message in plain words, values as fields.
 * error = a person must look; warn = degraded, going on; info = one line per job; debug = the rest.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
