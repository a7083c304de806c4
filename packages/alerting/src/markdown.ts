import type { Message } from './channel.js';

/** The message for channels that show Markdown, cut to so many bytes of UTF-8. */
export function markdownOf({ title, text }: Message, mostBytes = 16_000): string {
  return cutBytes(`**${title}**\n\n${text}`, mostBytes);
}

export function plainTextOf({ title, text }: Message): string {
  return cutBytes(`${title}\n\n${text}`, 16_000);
}

/** At most so many bytes of UTF-8, never cut in the middle of a character. */
export function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  const room = most - Buffer.byteLength('…');
  let length = 0;
  let kept = '';
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > room) break;
    kept += character;
  }
  return `${kept}…`;
}
