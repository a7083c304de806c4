const fakeable = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

/**
 * Options for Jest's fake timers that replace these alone, so that real sockets go on working while
 * time stands still.
 */
export function fakeOnly(...faked: (typeof fakeable)[number][]) {
  return { doNotFake: fakeable.filter((name) => !faked.includes(name)) };
}
