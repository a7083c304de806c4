// What Gemini's HTTP interface answers, good and bad.

export interface HttpAnswer {
  status: number;
  contentType: string;
  body: string;
}

export function json(status: number, value: unknown): HttpAnswer {
  return { status, contentType: 'application/json; charset=UTF-8', body: JSON.stringify(value) };
}

/** A candidate with that text, billed by its length: about two characters a token. */
export function written(text: string, prompt: string, finishReason = 'STOP'): HttpAnswer {
  return json(200, {
    candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason, index: 0 }],
    usageMetadata: usageOf(prompt, text),
    modelVersion: 'fake-gemini',
  });
}

export function blocked(prompt: string): HttpAnswer {
  const usageMetadata = { promptTokenCount: tokens(prompt), totalTokenCount: tokens(prompt) };
  return json(200, { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata });
}

export function badKey(): HttpAnswer {
  return failure(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
    },
  ]);
}

export function rateLimited(retryDelay: string): HttpAnswer {
  return quotaFailure('GenerateRequestsPerMinutePerProjectPerModel-FreeTier', retryDelay);
}

export function modelFound(model: string): HttpAnswer {
  return json(200, { name: `models/${model}`, version: 'fake', displayName: 'Fake' });
}

/** As the real one does, it names a short delay although the day's quota is spent. */
export function dailyQuota(): HttpAnswer {
  return quotaFailure('GenerateRequestsPerDayPerProjectPerModel-FreeTier', '34.07s');
}

export function serverError(): HttpAnswer {
  return failure(500, 'INTERNAL', 'An internal error has occurred.');
}

export function unknownPath(path: string): HttpAnswer {
  return failure(404, 'NOT_FOUND', `The fake does not know ${path}.`);
}

/** What a captive portal or a broken proxy says: a page about a 401, with status 200. */
export function htmlPage(): HttpAnswer {
  const body =
    '<html><head><title>401 Unauthorized</title></head><body>Log in first.</body></html>';
  return { status: 200, contentType: 'text/html', body };
}

function quotaFailure(quotaId: string, retryDelay: string): HttpAnswer {
  const message = `You exceeded your current quota. Please retry in ${retryDelay}.`;
  return failure(429, 'RESOURCE_EXHAUSTED', message, [
    { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
  ]);
}

function failure(
  code: number,
  status: string,
  message: string,
  details: unknown[] = [],
): HttpAnswer {
  return json(code, { error: { code, message, status, details } });
}

function usageOf(prompt: string, text: string): Record<string, number> {
  const promptTokenCount = tokens(prompt);
  const candidatesTokenCount = tokens(text);
  const thoughtsTokenCount = 100;
  const totalTokenCount = promptTokenCount + candidatesTokenCount + thoughtsTokenCount;
  return { promptTokenCount, candidatesTokenCount, thoughtsTokenCount, totalTokenCount };
}

function tokens(text: string): number {
  return Math.ceil(text.length / 2);
}
