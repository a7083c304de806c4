/** A redacted record of plain values. */
export interface LogRecord {
  /** RFC 3339, UTC. */
  readonly timestamp: string;
  readonly level: string;
  readonly service: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const reserved = new Set(['timestamp', 'level', 'service', 'message']);

// Control characters, line separators, and marks that change the text direction.
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** The record as a JSON object. A field with the name of a part of the record gets a trailing `_`. */
export function jsonLine({ fields, ...record }: LogRecord): string {
  const renamed = Object.entries(fields).map(([key, value]) => [
    reserved.has(key) ? `${key}_` : key,
    value,
  ]);
  return printable(stringify({ ...record, ...Object.fromEntries(renamed) }));
}

/** The record as a readable line: time, level, service, message, key=value. */
export function readableLine({ timestamp, level, service, message, fields }: LogRecord): string {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${bareOrJson(key)}=${bareOrJson(value)}`);
  return printable(`${timestamp} ${level.padEnd(5)} ${service}  ${message}${pairs.join('')}`);
}

function bareOrJson(value: unknown): string {
  return typeof value === 'string' && /^[\p{L}\p{N}_.:/@%+[\]-]+$/u.test(value)
    ? value
    : stringify(value);
}

/** JSON, with bigints as text. */
function stringify(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'bigint' ? String(part) : part,
  );
}

function printable(line: string): string {
  return line.replace(
    unprintable,
    (character) => shortForms[character] ?? `\\u${hex(character.charCodeAt(0))}`,
  );
}

const shortForms: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function hex(code: number): string {
  return code.toString(16).padStart(4, '0');
}
