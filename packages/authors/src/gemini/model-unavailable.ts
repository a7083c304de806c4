import { TexasError } from '@texas-ai/kernel';
import { z } from 'zod';

/** Suggested in this order where a key can use them, for their price, quota and quality. */
const suggested = ['gemini-3.5-flash-lite', 'gemini-3.8-flash', 'gemini-3.1-flash-lite'];
const maxNamed = 6;

/** The model of a provider's “Please update your code to use models/gemini-…”. */
const successor = /\buse models\/([\w.-]*\w)/;

/** A model that was refused; `said` is what the provider said, in quotation marks. */
export const refusedModelSchema = z.object({
  model: z.string(),
  status: z.number(),
  said: z.string(),
});

/**
 * `author_model_unavailable`: what was asked for, what the provider said, which models are listed for
 * the key (null where that is not known) and what to set.
 */
export function modelUnavailable(
  { model, status, said }: z.infer<typeof refusedModelSchema>,
  usable: readonly string[] | null,
  cause: unknown,
): TexasError {
  const others = usable && ranked(usable.filter((name) => name !== model));
  return new TexasError(
    'author_model_unavailable',
    `Gemini does not offer the model “${model}” to this key (HTTP ${status}: ${said}); ` +
      `${adviceFor(model, successor.exec(said)?.[1], others)} and restart.`,
    { cause, details: { model, status, said, ...(others && { usable: others.slice(0, 50) }) } },
  );
}

function adviceFor(
  model: string,
  named: string | undefined,
  others: readonly string[] | null,
): string {
  if (others?.length === 0)
    return 'it lists no other that writes text for this key: set another GEMINI_API_KEY';
  const example = exampleOf(model, named, others);
  const such = example === undefined ? '' : `, for example ${example},`;
  return others === null
    ? `set GEMINI_MODEL to a model that the key can use${such}`
    : `Gemini lists for this key ${listed(others)}: set GEMINI_MODEL to one of them${such}`;
}

function listed(others: readonly string[]): string {
  const rest = others.length - maxNamed;
  const shown = others.slice(0, maxNamed).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

/** The provider's own successor or one of ours, where it is listed. What is merely listed may be anything. */
function exampleOf(
  model: string,
  named: string | undefined,
  others: readonly string[] | null,
): string | undefined {
  const candidates = named === undefined ? suggested : [named, ...suggested];
  const possible = candidates.filter((name) => name !== model && (others?.includes(name) ?? true));
  return possible[0];
}

function ranked(models: readonly string[]): string[] {
  const known = suggested.filter((name) => models.includes(name));
  return [...known, ...models.filter((name) => !known.includes(name))];
}
