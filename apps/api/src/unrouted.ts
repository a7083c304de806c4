import type { Route } from './route.js';

/** The methods that some route allows at this path, upper case; HEAD comes with GET. */
export function methodsOf(routes: readonly Route[], path: string): string[] {
  const methods = routes
    .filter((route) => patternOf(route.path, '[^/]+').test(path))
    .map((route) => route.method.toUpperCase());
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods;
}

/** The name of the path parameter that was left empty, as in `/days//generations`; null if none. */
export function emptyParameterOf(routes: readonly Route[], path: string): string | null {
  for (const route of routes) {
    const match = patternOf(route.path, '[^/]*').exec(path);
    const index = match?.slice(1).indexOf('') ?? -1;
    const name = [...route.path.matchAll(/:(\w+)/g)][index]?.[1];
    if (name !== undefined) return name;
  }
  return null;
}

function patternOf(path: string, value: string): RegExp {
  return new RegExp(`^${path.replaceAll(/:\w+/g, `(${value})`)}$`, 'i');
}
