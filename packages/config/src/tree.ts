/** Nested settings of a layer, not validated yet. */
export type Tree = Readonly<Record<string, unknown>>;

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a dotted path; undefined if there is none. */
export function valueAt(tree: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (isTree(value) && Object.hasOwn(value, key) ? value[key] : undefined),
      tree,
    );
}

/** A copy with the value set at a dotted path. */
export function withValue(tree: Tree, path: string, value: unknown): Tree {
  const [key = '', ...rest] = path.split('.');
  if (rest.length === 0) return { ...tree, [key]: value };
  const child = tree[key];
  return { ...tree, [key]: withValue(isTree(child) ? child : {}, rest.join('.'), value) };
}

/** A copy without the value at a path. Its keys may contain dots. */
export function without(tree: Tree, [key, ...rest]: readonly PropertyKey[]): Tree {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([name, value]) => {
      if (name !== key) return [[name, value]];
      return rest.length > 0 && isTree(value) ? [[name, without(value, rest)]] : [];
    }),
  );
}

/** A copy without values that count as unset: null, undefined and the empty string. */
export function withoutUnset(tree: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([key, value]) => [key, isTree(value) ? withoutUnset(value) : value]),
  );
}
