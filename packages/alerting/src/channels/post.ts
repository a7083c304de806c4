import { TexasError } from '@texas-ai/kernel';
import got from 'got';

const timeoutMs = 10_000;

/** Whether the body of a 2xx response means success. */
export type SuccessCheck = (body: string) => boolean;

export const anyBody: SuccessCheck = () => true;

/** Requires a JSON body with this number in the field `name`: some services respond with 200 even on failure. */
export function hasNumber(name: string, expected: number): SuccessCheck {
  return (body) => {
    try {
      const value: unknown = JSON.parse(body);
      return typeof value === 'object' && value !== null && Reflect.get(value, name) === expected;
    } catch {
      return false;
    }
  };
}

/** Characters of a response that are returned, far more than is stored or shown. */
const maxResponseCharacters = 10_000;
/** Bytes of a response that are read, since some servers never stop sending. */
const maxResponseBytes = 1_000_000;

/**
 * Posts JSON and returns the status and body of the response on one line. Rejects with `alert_failed`, whose message
 * does not contain the URL, since that includes a key. The response in `details` may repeat that key: redact it before
 * truncating it, because a partial key would not be recognised.
 */
export async function post(
  url: string,
  json: unknown,
  { isSuccess, signal }: { isSuccess: SuccessCheck; signal: AbortSignal },
): Promise<string> {
  let status: number;
  let body: string;
  const tooLong = new AbortController();
  try {
    const response = await got
      .post(url, {
        json,
        // A compressed response could expand to any size.
        decompress: false,
        timeout: { request: timeoutMs },
        retry: { limit: 0 },
        throwHttpErrors: false,
        followRedirect: false,
        signal: AbortSignal.any([signal, tooLong.signal]),
      })
      .on('downloadProgress', ({ transferred }) => {
        if (transferred > maxResponseBytes) tooLong.abort();
      });
    status = response.statusCode;
    body = response.body;
  } catch (error) {
    if (tooLong.signal.aborted) throw new TexasError('alert_failed', 'Its response is too long.');
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new TexasError('alert_failed', `It could not be reached (${code}).`);
  }
  // PostgreSQL rejects NUL, and terminals interpret other control characters.
  const answer = body
    .slice(0, maxResponseCharacters)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (status >= 200 && status < 300 && isSuccess(body)) return `${status} ${answer}`.trim();
  throw new TexasError('alert_failed', 'It rejected the message.', { details: { status, answer } });
}
