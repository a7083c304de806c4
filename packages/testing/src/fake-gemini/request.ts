import { z } from 'zod';

// Requests to the fake, and what current models reject.

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
  /** The path before `/v1beta`, for clients with different base URLs. */
  prefix: string;
  model: string;
  /** The header x-goog-api-key. */
  apiKey: string | undefined;
  /** True if the key was also sent in the Authorization header or the URL. */
  otherCredentials: boolean;
  /** The parsed body. */
  body: GeminiRequest;
  /** The system instruction and the user's text. */
  system: string;
  user: string;
}

/** Accepted thinking levels; models that are not listed accept any. */
const thinkingLevels: Readonly<Record<string, readonly string[]>> = {
  'gemini-3.7-flash': ['low', 'medium', 'high'],
  'gemini-3.8-flash': ['low', 'medium', 'high'],
  'gemini-4-hydrogen': ['low', 'medium', 'high', 'xhigh'],
};

/** Returns the message of Gemini's 400, or null for a valid request. */
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
  // Gemini limits the number of states; the fake allows no bounds at all.
  if (/"(?:min|max)(?:Items|imum)":/.test(JSON.stringify(generationConfig.responseJsonSchema))) {
    return 'The specified schema produces a constraint that has too many states for serving.';
  }
  return null;
}

/** Returns true for a request that only checks availability. */
export function isProbe({ generationConfig }: GeminiRequest): boolean {
  return Object.hasOwn(generationConfig.responseJsonSchema.properties, 'ok');
}

export function textOf(contents: readonly { parts: readonly { text: string }[] }[]): string {
  return contents.flatMap((content) => content.parts.map(({ text }) => text)).join('\n');
}
