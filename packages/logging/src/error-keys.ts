import { types } from 'node:util';

/** Whether a value is an error, also one of another realm or a DOMException. */
export function isError(value: object): value is Error {
  return (
    types.isNativeError(value) ||
    value instanceof Error ||
    Object.prototype.toString.call(value) === '[object DOMException]'
  );
}

const usualKeys = ['name', 'message', 'code', 'stack', 'cause', 'errors'];

/** The names of what an error says: its usual properties, then whatever was added to it. */
export function errorKeys(error: Error): string[] {
  const usual = usualKeys.filter((key) => key in error);
  return [...usual, ...Object.keys(error).filter((key) => !usual.includes(key))];
}
