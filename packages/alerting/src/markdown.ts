import type { Message } from './channel.js';

/** Makes text of others' words that means nothing in a Markdown. */
export type Escape = (text: string) => string;

/** The message for channels that show Markdown, cut to so many bytes of UTF-8. */
export function markdownOf({ title, text }: Message, escaped: Escape, mostBytes = 16_000): string {
  return cutBytes(`**${escaped(inOneLine(title))}**\n\n${escaped(text)}`, mostBytes);
}

/** For a Markdown without escapes: its signs in full width, which mean nothing and read the same. */
export function widened(text: string): string {
  return withoutMentions(text)
    .replace(/[*<>[\]`]/g, fullWidth)
    .replace(/^\s*#/gm, (heading) => heading.replace('#', fullWidth));
}

/**
 * For a Markdown with backslashes. Angle brackets are widened: Mattermost reads what Slack writes in
 * them, such as `<!channel>` and `<address|text>`, before it looks at any Markdown. What means nothing
 * within a word stays, so that codes and addresses do.
 */
export function backslashed(text: string): string {
  return withoutMentions(text)
    .replace(/[\\*[\]`~|]|(?<!\S)#|(?<![a-z\d])_|_(?![a-z\d])/gi, (sign) => `\\${sign}`)
    .replace(/[<>]/g, fullWidth);
}

/** A zero-width space after each @ leaves what is read, and calls nobody. */
function withoutMentions(text: string): string {
  return text.replaceAll('@', '@\u200b');
}

/** Unicode has the signs of ASCII a second time, as wide as a Chinese character. */
export function fullWidth(sign: string): string {
  return String.fromCharCode(sign.charCodeAt(0) + 0xfee0);
}

/** An empty line would end what is bold. */
function inOneLine(title: string): string {
  return title.replace(/\s+/g, ' ').trim();
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
