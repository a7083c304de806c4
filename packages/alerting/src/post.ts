import { TexasError } from '@texas-ai/kernel';
import got from 'got';

const timeoutMs = 10_000;

/** The body of an answer, and whether it means success. */
export type Verdict = (body: string) => boolean;

/** Success is a status of 2xx alone. */
export const anyBody: Verdict = () => true;

/** Success is a JSON body with this number under this name: HTTP 200 is no success by itself. */
export function numbered(name: string, wanted: number): Verdict {
  return (body) => {
    try {
      const value: unknown = JSON.parse(body);
      return typeof value === 'object' && value !== null && Reflect.get(value, name) === wanted;
    } catch {
      return false;
    }
  };
}

/** Much longer than what is kept or shown of it in the end, in bytes. */
const longestAnswer = 10_000;
/** What is read of an answer at most, in bytes: some servers have no end. */
const mostRead = 1_000_000;

/**
 * Posts JSON and answers status and body in one line. Rejects with `alert_failed`: the address stays
 * out of its words, since it holds a key. What the other side answered is in `details`. It may repeat
 * that key, and a part of it could not be recognised: whoever keeps or shows an answer takes secrets
 * out first and cuts it then.
 */
export async function post(
  url: string,
  json: unknown,
  { isSuccess, signal }: { isSuccess: Verdict; signal: AbortSignal },
): Promise<string> {
  let status: number;
  let body: string;
  const tooMuch = new AbortController();
  try {
    const response = await got
      .post(url, {
        json,
        // What is packed could be any size.
        decompress: false,
        timeout: { request: timeoutMs },
        retry: { limit: 0 },
        throwHttpErrors: false,
        followRedirect: false,
        signal: AbortSignal.any([signal, tooMuch.signal]),
      })
      .on('downloadProgress', ({ transferred }) => {
        if (transferred > mostRead) tooMuch.abort();
      });
    status = response.statusCode;
    body = response.body;
  } catch (error) {
    if (tooMuch.signal.aborted) throw new TexasError('alert_failed', 'It answered without end.');
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new TexasError('alert_failed', `It could not be reached (${code}).`);
  }
  // A database takes no NUL, and a terminal too much of the rest.
  const answer = body
    .slice(0, longestAnswer)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (status >= 200 && status < 300 && isSuccess(body)) return `${status} ${answer}`.trim();
  throw new TexasError('alert_failed', 'It refused the message.', { details: { status, answer } });
}
