import { types } from 'node:util';
import { hidesValue, isSecretHeader } from './secret-keys.js';
import { mask } from './secret-patterns.js';

const maxDepth = 8;
const maxEntries = 100;
const maxValues = 2000;
const maxCharacters = 64 * 1024;

/**
 * A copy of plain values that JSON supports, with every text, key and number passed through `clean` and
 * the values of secret names masked. Bounded in depth, entries and size. Never throws: unreadable parts
 * are replaced by a word in brackets.
 */
export function plainValue(root: unknown, clean: (text: string) => string): unknown {
  const ancestors = new Set<object>();
  let values = 0;
  let characters = 0;

  function text(value: string): string {
    const cleaned = clean(value);
    characters += cleaned.length;
    return characters > maxCharacters ? '[cut]' : cleaned;
  }

  function number(value: number | bigint): unknown {
    const written = String(value);
    if (clean(written) !== written) return mask;
    return Number.isFinite(value) ? value : written;
  }

  function entries<Key>(
    keys: readonly Key[],
    nameOf: (key: Key) => string,
    read: (key: Key) => unknown,
    depth: number,
  ): unknown {
    const kept = keys.slice(0, maxEntries).map((key): [string, unknown] => {
      const name = attempt(() => nameOf(key));
      const value = attempt(() => read(key));
      return [text(name), hidesValue(name, value) ? mask : walk(value, depth)];
    });
    if (keys.length > maxEntries) kept.push(['…', `${keys.length - maxEntries} more`]);
    return Object.fromEntries(kept);
  }

  function list(elements: ArrayLike<unknown>, depth: number): unknown[] {
    const kept: unknown[] = [];
    let previous: unknown;
    for (let index = 0; index < Math.min(elements.length, maxEntries); index++) {
      const element = attempt(() => elements[index]);
      // In raw header lists and entries, a value follows its name.
      kept.push(isSecretHeader(previous) ? mask : walk(element, depth));
      previous = element;
    }
    if (elements.length > maxEntries) kept.push(`[${elements.length - maxEntries} more]`);
    return kept;
  }

  function properties(value: object, keys: readonly string[], depth: number): unknown {
    return entries(keys, String, (key) => Reflect.get(value, key), depth);
  }

  function map(value: ReadonlyMap<unknown, unknown>, depth: number): unknown {
    const nameOf = (key: unknown) =>
      typeof key === 'object' ? JSON.stringify(walk(key, depth)) : String(key);
    return entries([...value.keys()], nameOf, (key) => value.get(key), depth);
  }

  function object(value: object, depth: number): unknown {
    if (ArrayBuffer.isView(value)) return `[${value.constructor.name} ${value.byteLength} bytes]`;
    if (types.isAnyArrayBuffer(value)) return `[ArrayBuffer ${value.byteLength} bytes]`;
    if (isError(value)) return properties(value, errorKeys(value), depth);
    if (Array.isArray(value)) return list(value, depth);
    if (types.isMap(value)) return map(value, depth);
    if (types.isSet(value)) return list([...value], depth);
    const tag = Object.prototype.toString.call(value);
    if (tag === '[object URLSearchParams]') return text(`?${String(value)}`);
    if (types.isRegExp(value) || types.isBoxedPrimitive(value)) return text(String(value));
    if (types.isDate(value) && Number.isNaN(value.getTime())) return 'Invalid Date';
    const toJson = 'toJSON' in value ? value.toJSON : undefined;
    if (typeof toJson === 'function') {
      const replaced: unknown = toJson.call(value, '');
      if (replaced !== value) return walk(replaced, depth);
    }
    return properties(value, Object.keys(value), depth);
  }

  function walk(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number' || typeof value === 'bigint') return number(value);
    if (typeof value === 'symbol') return text(String(value));
    if (typeof value === 'function') return attempt(() => text(`[function ${value.name}]`));
    if (typeof value !== 'object' || value === null) return value;
    if (ancestors.has(value)) return '[circular]';
    if (depth >= maxDepth || ++values > maxValues) return '[cut]';
    ancestors.add(value);
    const plain = attempt(() => object(value, depth + 1));
    ancestors.delete(value);
    return plain;
  }

  return walk(root, 0);
}

function attempt<T>(read: () => T): T | '[unreadable]' {
  try {
    return read();
  } catch {
    return '[unreadable]';
  }
}

/** True also for errors of another realm and DOMExceptions. */
export function isError(value: object): value is Error {
  return (
    types.isNativeError(value) ||
    value instanceof Error ||
    Object.prototype.toString.call(value) === '[object DOMException]'
  );
}

const standardErrorKeys = ['name', 'message', 'code', 'stack', 'cause', 'errors'];

/** The standard properties of an error, then its own ones. */
function errorKeys(error: Error): string[] {
  const standard = standardErrorKeys.filter((key) => key in error);
  return [...standard, ...Object.keys(error).filter((key) => !standard.includes(key))];
}
