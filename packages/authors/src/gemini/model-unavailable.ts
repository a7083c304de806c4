import { TexasError } from '@texas-ai/kernel';
import { z } from 'zod';

/** In order of preference, for their price, quota and quality. */
const recommended = ['gemini-3.5-flash-lite', 'gemini-3.8-flash', 'gemini-3.1-flash-lite'];
const maxListed = 6;

/** As in the provider's “Please update your code to use models/gemini-…”. */
const successor = /\buse models\/([\w.-]*\w)/;

/** `said` is the provider's message in quotation marks. */
export const unavailableModelSchema = z.object({
  model: z.string(),
  status: z.number(),
  said: z.string(),
});

/**
 * The failure `author_model_unavailable`, with the models that are listed for the key (null if unknown)
 * and advice.
 */
export function modelUnavailable(
  { model, status, said }: z.infer<typeof unavailableModelSchema>,
  available: readonly string[] | null,
  cause: unknown,
): TexasError {
  const others = available && ranked(available.filter((name) => name !== model));
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
    return 'it lists no other text model for this key: set another GEMINI_API_KEY';
  const example = exampleOf(model, named, others);
  const forExample = example === undefined ? '' : `, for example ${example},`;
  return others === null
    ? `set GEMINI_MODEL to a model that the key can use${forExample}`
    : `the models for this key are ${listed(others)}; set GEMINI_MODEL to one of them${forExample}`;
}

function listed(others: readonly string[]): string {
  const rest = others.length - maxListed;
  const shown = others.slice(0, maxListed).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

/** The successor that the provider named, or a recommended model, unless it is known to be unavailable. */
function exampleOf(
  model: string,
  named: string | undefined,
  others: readonly string[] | null,
): string | undefined {
  const candidates = named === undefined ? recommended : [named, ...recommended];
  return candidates.find((name) => name !== model && (others?.includes(name) ?? true));
}

function ranked(models: readonly string[]): string[] {
  const known = recommended.filter((name) => models.includes(name));
  return [...known, ...models.filter((name) => !known.includes(name))];
}
