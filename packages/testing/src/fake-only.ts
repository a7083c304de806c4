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

/** Options for Jest's fake timers that fake only these, so that real sockets keep working. */
export function fakeOnly(...faked: (typeof fakeable)[number][]) {
  return { doNotFake: fakeable.filter((name) => !faked.includes(name)) };
}
