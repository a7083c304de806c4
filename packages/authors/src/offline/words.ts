/** Values of `{word}` in clauses; a word that is missing makes its clause unusable. */
export type Words = Readonly<Record<string, string | undefined>>;

const word = /\{([a-zA-Z]+)\}/g;

/** The clause with its words filled in; undefined where one of them has no value. */
export function fill(clause: string, words: Words): string | undefined {
  if (!clause.includes('{')) return clause;
  let complete = true;
  const filled = clause.replace(word, (_, name: string) => {
    const value = words[name];
    if (value === undefined) complete = false;
    return value ?? '';
  });
  return complete ? filled : undefined;
}

/** All clauses whose words have values, filled in. */
export function fillAll(clauses: readonly string[] | undefined, words: Words): string[] {
  const filled: string[] = [];
  for (const clause of clauses ?? []) {
    const text = fill(clause, words);
    if (text !== undefined) filled.push(text);
  }
  return filled;
}
