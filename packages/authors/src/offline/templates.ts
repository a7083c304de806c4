import { z } from 'zod';

type Values<Name extends string> = Readonly<Record<Name, string | number>>;

const placeholder = /\{(\w+)\}/g;

/** A text in which only the given placeholders, written `{name}`, may occur. */
export function textWith(...names: readonly string[]) {
  return z
    .string()
    .min(1)
    .superRefine((text, context) => {
      const rest = text.replace(placeholder, (found, name) => (names.includes(name) ? '' : found));
      const unknown = /\{[^{}]*\}?|\}/.exec(rest)?.[0];
      if (unknown !== undefined) context.addIssue(`unknown placeholder ${unknown}`);
    });
}

/**
 * A text with placeholders, as a function that fills them in. `{Name}` is the value of `name` with a
 * capital first letter.
 */
export function template<Name extends string>(...names: Name[]) {
  return textWith(...names, ...names.map(capitalized)).transform(
    (text) => (values: Values<Name>) => render(text, values),
  );
}

/** Templates that express the same thing, as a function that uses them in turn. */
export function templates<Name extends string>(...names: Name[]) {
  return z
    .array(template(...names))
    .min(1)
    .transform(
      (all) => (values: Values<Name>, turn: number) => all[turn % all.length]?.(values) ?? '',
    );
}

function render(text: string, values: Values<string>): string {
  return text.replace(placeholder, (_, name: string) => {
    const key = name.charAt(0).toLowerCase() + name.slice(1);
    const value = String(values[key]);
    return key === name ? value : capitalized(value);
  });
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Values of the placeholders in clauses. A clause with a placeholder that has no value is unusable. */
export type Words = Readonly<Record<string, string | undefined>>;

/** The clause with its placeholders filled in; undefined if one of them has no value. */
export function fill(clause: string, words: Words): string | undefined {
  if (!clause.includes('{')) return clause;
  let complete = true;
  const filled = clause.replace(/\{([a-zA-Z]+)\}/g, (_, name: string) => {
    const value = words[name];
    if (value === undefined) complete = false;
    return value ?? '';
  });
  return complete ? filled : undefined;
}

/** All usable clauses, filled in. */
export function fillAll(clauses: readonly string[] | undefined, words: Words): string[] {
  return (clauses ?? []).flatMap((clause) => fill(clause, words) ?? []);
}
