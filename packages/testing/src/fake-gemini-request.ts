import { z } from 'zod';

// What is sent to the fake, and what today's models refuse of it.

const parts = z.array(z.looseObject({ text: z.string() }));

export const requestSchema = z.looseObject({
  contents: z.array(z.looseObject({ role: z.string().optional(), parts })),
  systemInstruction: z.looseObject({ parts }).optional(),
  generationConfig: z.looseObject({
    responseMimeType: z.literal('application/json'),
    responseJsonSchema: z.looseObject({ properties: z.record(z.string(), z.unknown()) }),
    thinkingConfig: z.looseObject({ thinkingLevel: z.string().optional() }).optional(),
  }),
});
type GeminiRequest = z.infer<typeof requestSchema>;

export interface GeminiCall {
  /** What stood before `/v1beta`, for clients that are given different addresses. */
  prefix: string;
  model: string;
  /** The header x-goog-api-key. */
  apiKey: string | undefined;
  /** Whether it came as the header Authorization or in the address as well. */
  otherCredentials: boolean;
  /** What was sent, parsed. */
  body: GeminiRequest;
  /** The system instruction, and what the user's parts say. */
  system: string;
  user: string;
}

/** Thinking levels that a model accepts; of others any is. */
const thinkingLevels: Readonly<Record<string, readonly string[]>> = {
  'gemini-3.7-flash': ['low', 'medium', 'high'],
  'gemini-3.8-flash': ['low', 'medium', 'high'],
  'gemini-4-hydrogen': ['low', 'medium', 'high', 'xhigh'],
};

/** The message of Gemini's 400, or null where it takes the request. */
export function faultOf(
  { contents, generationConfig }: GeminiRequest,
  model: string,
): string | null {
  const level = generationConfig.thinkingConfig?.thinkingLevel?.toLowerCase();
  const allowed = thinkingLevels[model];
  if (level !== undefined && allowed && !allowed.includes(level)) {
    return `'${level}' is not a supported thinking level for this model. Allowed values are: ${allowed.join(', ')}.`;
  }
  if (contents.at(-1)?.role === 'model') {
    return 'Requests ending with a model turn are not supported.';
  }
  // Gemini counts states; the fake takes no bounds at all.
  if (/"(?:min|max)(?:Items|imum)":/.test(JSON.stringify(generationConfig.responseJsonSchema))) {
    return 'The specified schema produces a constraint that has too many states for serving.';
  }
  return null;
}

/** Whether nothing is asked for but a sign of life. */
export function isProbe({ generationConfig }: GeminiRequest): boolean {
  return Object.hasOwn(generationConfig.responseJsonSchema.properties, 'ok');
}

export function textOf(contents: readonly { parts: readonly { text: string }[] }[]): string {
  return contents.flatMap((content) => content.parts.map(({ text }) => text)).join('\n');
}
