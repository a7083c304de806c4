import type { Temporal } from '@texas-ai/kernel';
import { z } from 'zod';

/** How long to wait after a 429. */
export interface RateLimit {
  retryAfterMs: number;
  /** Whether the daily quota is used up; it is reset at midnight Pacific time. */
  daily: boolean;
}

const pacific = 'America/Los_Angeles';
const minuteMs = 60_000;

const violation = z.object({ quotaId: z.string() });
const quotaFailure = z.object({ violations: z.array(z.unknown()) });
const retryInfo = z.object({ retryDelay: z.string() });

/**
 * Reads a 429 of Gemini from its error's `details` (google.rpc QuotaFailure and RetryInfo) and
 * message. In order of precedence: a daily quota, for which RetryInfo names seconds too; RetryInfo; a
 * quota per minute; the message's “Please retry in 3.5s”; one minute.
 */
export function readRateLimit(
  details: readonly unknown[],
  message: string,
  now: Temporal.Instant,
): RateLimit {
  const quotas = details.flatMap((detail) => {
    const violations = quotaFailure.safeParse(detail).data?.violations ?? [];
    return violations.map((each) => violation.safeParse(each).data?.quotaId ?? '');
  });
  if (quotas.some((id) => id.includes('PerDay'))) {
    return { retryAfterMs: untilMidnight(now), daily: true };
  }
  const retryDelay = details
    .map((detail) => readDuration(retryInfo.safeParse(detail).data?.retryDelay ?? ''))
    .find((duration) => duration !== undefined);
  const perMinute = quotas.some((id) => id.includes('PerMinute')) ? minuteMs : undefined;
  const inMessage = readDuration(/please retry in ([\d.hms]+)/i.exec(message)?.[1] ?? '');
  return { retryAfterMs: retryDelay ?? perMinute ?? inMessage ?? minuteMs, daily: false };
}

const unitMs = { h: 3_600_000, m: minuteMs, s: 1000, ms: 1 } as const;

/** `34.07s`, `900ms`, `1h2m3.5s` in milliseconds, rounded up; undefined for 0 and anything else. */
function readDuration(text: string): number | undefined {
  const parts = /^(?:([\d.]+)h)?(?:([\d.]+)m(?!s))?(?:([\d.]+)s)?(?:([\d.]+)ms)?\.?$/.exec(text);
  if (!parts) return undefined;
  const [, h = '0', m = '0', s = '0', ms = '0'] = parts;
  const total =
    Number(h) * unitMs.h + Number(m) * unitMs.m + Number(s) * unitMs.s + Number(ms) * unitMs.ms;
  return total > 0 ? Math.ceil(total) : undefined;
}

function untilMidnight(now: Temporal.Instant): number {
  const midnight = now.toZonedDateTimeISO(pacific).startOfDay().add({ days: 1 });
  return midnight.epochMilliseconds - now.epochMilliseconds;
}
