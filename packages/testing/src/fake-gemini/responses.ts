// The responses of Gemini's HTTP interface.

export interface HttpResponse {
  status: number;
  contentType: string;
  body: string;
}

export function json(status: number, value: unknown): HttpResponse {
  return { status, contentType: 'application/json; charset=UTF-8', body: JSON.stringify(value) };
}

/** A response of a model. */
export interface Written {
  text: string;
  prompt: string;
  model: string;
  finishReason?: string;
  /** Additional thinking tokens. */
  thoughts?: number;
}

/** A candidate with this text, billed by length at about two characters per token. */
export function written({
  text,
  prompt,
  model,
  finishReason = 'STOP',
  thoughts,
}: Written): HttpResponse {
  const parts = text === '' ? undefined : [{ text }];
  return json(200, {
    candidates: [{ content: { role: 'model', parts }, finishReason, index: 0 }],
    usageMetadata: usageOf(prompt, text, thoughts),
    modelVersion: model,
  });
}

export function blocked(prompt: string): HttpResponse {
  const usageMetadata = { promptTokenCount: tokens(prompt), totalTokenCount: tokens(prompt) };
  return json(200, { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata });
}

export function rateLimited(retryDelay: string): HttpResponse {
  return quotaFailure('GenerateRequestsPerMinutePerProjectPerModel-FreeTier', retryDelay);
}

export function modelList(models: readonly string[]): HttpResponse {
  return json(200, {
    models: [
      ...models.map((model) => listed(model, 'generateContent')),
      listed('gemini-embedding-2', 'embedContent'),
    ],
  });
}

function listed(model: string, method: string) {
  return { name: `models/${model}`, version: '001', supportedGenerationMethods: [method] };
}

/** Contains a short delay although the daily quota is used up, like the real response. */
export function dailyQuota(): HttpResponse {
  return quotaFailure('GenerateRequestsPerDayPerProjectPerModel-FreeTier', '34.07s');
}

export function overloaded(): HttpResponse {
  return failure(
    503,
    'UNAVAILABLE',
    'This model is currently experiencing high demand. Please try again later.',
  );
}

export function invalidRequest(message: string): HttpResponse {
  return failure(400, 'INVALID_ARGUMENT', message);
}

export function serverError(status = 500): HttpResponse {
  return failure(status, 'INTERNAL', 'An internal error has occurred.');
}

export function unknownPath(path: string): HttpResponse {
  return failure(404, 'NOT_FOUND', `The fake has no path ${path}.`);
}

/** The page of a captive portal or a broken proxy: about a 401, with status 200. */
export function htmlPage(): HttpResponse {
  const body =
    '<html><head><title>401 Unauthorized</title></head><body>Log in first.</body></html>';
  return { status: 200, contentType: 'text/html', body };
}

export function quotaFailure(
  quotaId: string,
  retryDelay: string,
  message = `You exceeded your current quota. Please retry in ${retryDelay}.`,
): HttpResponse {
  return failure(429, 'RESOURCE_EXHAUSTED', message, [
    { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
  ]);
}

export function failure(
  code: number,
  status: string,
  message: string,
  details: unknown[] = [],
): HttpResponse {
  return json(code, { error: { code, message, status, details } });
}

function usageOf(prompt: string, text: string, thoughtsTokenCount = 100): Record<string, number> {
  const promptTokenCount = tokens(prompt);
  const candidatesTokenCount = tokens(text);
  const totalTokenCount = promptTokenCount + candidatesTokenCount + thoughtsTokenCount;
  return { promptTokenCount, candidatesTokenCount, thoughtsTokenCount, totalTokenCount };
}

function tokens(text: string): number {
  return Math.ceil(text.length / 2);
}
