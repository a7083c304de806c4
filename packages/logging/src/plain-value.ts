import { types } from 'node:util';
import { errorKeys, isError } from './error-keys.js';
import { hidesValue, isSecretHeader } from './secret-keys.js';
import { mask } from './secret-patterns.js';

const deepest = 8;
const mostEntries = 100;
const mostValues = 2000;
const longestRecord = 64 * 1024;

/**
 * A copy made of plain values only (what JSON can hold), with every text, key and number passed
 * through `clean`, and the values of secret names hidden. Bounded in depth, entries and size.
 * Never throws: what cannot be read is named in brackets.
 */
export function plainValue(root: unknown, clean: (text: string) => string): unknown {
  const ancestors = new Set<object>();
  let values = 0;
  let characters = 0;

  function text(value: string): string {
    const cleaned = clean(value);
    characters += cleaned.length;
    return characters > longestRecord ? '[cut]' : cleaned;
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
    const kept = keys.slice(0, mostEntries).map((key): [string, unknown] => {
      const name = attempt(() => nameOf(key));
      const value = attempt(() => read(key));
      return [text(name), hidesValue(name, value) ? mask : walk(value, depth)];
    });
    if (keys.length > mostEntries) kept.push(['…', `${keys.length - mostEntries} more`]);
    return Object.fromEntries(kept);
  }

  function list(elements: ArrayLike<unknown>, depth: number): unknown[] {
    const kept: unknown[] = [];
    let previous: unknown;
    for (let index = 0; index < Math.min(elements.length, mostEntries); index++) {
      const element = attempt(() => elements[index]);
      // Raw header lists and entries: a name, then its value.
      kept.push(isSecretHeader(previous) ? mask : walk(element, depth));
      previous = element;
    }
    if (elements.length > mostEntries) kept.push(`[${elements.length - mostEntries} more]`);
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
    if (depth >= deepest || ++values > mostValues) return '[cut]';
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
