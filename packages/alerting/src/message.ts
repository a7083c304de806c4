import type { Alert, Phase } from './alert.js';
import type { Message } from './channel.js';

/** What a channel is told. */
export function messageOf({ alert, phase }: { alert: Alert; phase: Phase }): Message {
  const { title, message, level, count, openedAt, lastSeenAt, quietSeconds } = alert;
  if (phase === 'raised') {
    return { title: `Texas AI: ${title}`, text: message, level, over: false, at: openedAt };
  }
  const at = alert.recoveredAt ?? openedAt;
  // That it was quiet shows only some time after its end.
  const end = quietSeconds === null ? at : lastSeenAt;
  const lasted = end.since(openedAt, { largestUnit: 'hour', smallestUnit: 'second' });
  const { hours, minutes, seconds } = lasted;
  const parts = [`${hours} h`, `${minutes} min`, `${seconds} s`];
  const said = parts.filter((part) => !part.startsWith('0 ')).join(' ') || 'less than a second';
  return {
    title: `Texas AI: over: ${title}`,
    text: `It lasted ${said} and was seen ${count} ${count === 1 ? 'time' : 'times'}.`,
    level,
    over: true,
    at,
  };
}
