import { Temporal } from '@texas-ai/kernel';
import type { Alert, Phase } from '../alert.js';
import type { Message } from '../channels/channel.js';

/** Returns the message about the beginning or end of an alert. */
export function messageOf({ alert, phase }: { alert: Alert; phase: Phase }): Message {
  const { title, message, level, count, openedAt, lastSeenAt, quietSeconds } = alert;
  const { kind, subject, code } = alert;
  const facts = { level, kind, subject, code, count };
  if (phase === 'raised') {
    return { title: `Texas AI: ${title}`, text: message, ...facts, over: false, at: openedAt };
  }
  const at = alert.recoveredAt ?? openedAt;
  const often = count === 1 ? 'once' : `${count} times`;
  const end =
    quietSeconds === null
      ? {
          word: 'over',
          text: `It lasted ${formatDuration(at.since(openedAt))} and was seen ${often}.`,
        }
      : // Its cause may persist; it just has not been seen again.
        {
          word: 'quiet',
          text:
            `It was seen ${often} within ${formatDuration(lastSeenAt.since(openedAt))}, and not again ` +
            `for ${formatDuration(Temporal.Duration.from({ seconds: quietSeconds }))}.`,
        };
  return {
    title: `Texas AI: ${end.word}: ${title}`,
    text: end.text,
    ...facts,
    over: true,
    at,
  };
}

/** Formats hours, minutes and whole seconds. */
function formatDuration(duration: Temporal.Duration): string {
  const { hours, minutes, seconds } = duration.round({
    largestUnit: 'hour',
    smallestUnit: 'second',
    roundingMode: 'trunc',
  });
  const parts = [`${hours} h`, `${minutes} min`, `${seconds} s`];
  return parts.filter((part) => !part.startsWith('0 ')).join(' ') || 'less than a second';
}
