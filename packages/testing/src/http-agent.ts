const agent = Symbol.for('undici.globalDispatcher.1');

/**
 * jest runs tests in a sandbox whose `globalThis` lacks the agent behind Node's fetch, where Google's
 * library looks for it. This puts it there; outside of jest it changes nothing.
 */
export function shareHttpAgent(): void {
  new Headers(); // Node makes its agent when fetch is first touched.
  const outside: unknown = fetch.constructor('return globalThis')();
  if (typeof outside !== 'object' || outside === null || outside === globalThis) return;
  Reflect.set(globalThis, agent, Reflect.get(outside, agent));
}
