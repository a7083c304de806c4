/** What a key may do; each includes those before it. */
export const scopes = ['read', 'generate', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** Whether a key that was given these scopes may do what needs `needed`. */
export function allows(given: readonly Scope[], needed: Scope): boolean {
  return given.some((scope) => scopes.indexOf(scope) >= scopes.indexOf(needed));
}
