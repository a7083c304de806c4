import type { Message } from './channel.js';

/** Escapes text for a dialect of Markdown. */
export type Escape = (text: string) => string;

/** Formats a message as Markdown, truncated to `maxBytes` of UTF-8. */
export function markdownOf(
  { title, text }: Message,
  escapeText: Escape,
  maxBytes = 16_000,
): string {
  return truncateBytes(`**${escapeText(inOneLine(title))}**\n\n${escapeText(text)}`, maxBytes);
}

/** For Markdown without escapes: replaces its special characters with full-width ones, which look the same. */
export function escapeFullWidth(text: string): string {
  return withoutMentions(text)
    .replace(/[*<>[\]`]/g, fullWidth)
    .replace(/^\s*#/gm, (heading) => heading.replace('#', fullWidth));
}

/**
 * For Markdown with backslash escapes. Angle brackets become full-width, because Mattermost parses Slack's syntax, such
 * as `<!channel>` and `<address|text>`, before Markdown. Underscores within words are kept, so that codes and addresses
 * are unchanged.
 */
export function escapeBackslash(text: string): string {
  return withoutMentions(text)
    .replace(/[\\*[\]`~|]|(?<!\S)#|(?<![a-z\d])_|_(?![a-z\d])/gi, (character) => `\\${character}`)
    .replace(/[<>]/g, fullWidth);
}

/** A zero-width space after each @ is invisible and prevents mentions. */
function withoutMentions(text: string): string {
  return text.replaceAll('@', '@\u200b');
}

/** Returns the full-width variant of an ASCII character. */
export function fullWidth(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) + 0xfee0);
}

/** An empty line would end bold text. */
function inOneLine(title: string): string {
  return title.replace(/\s+/g, ' ').trim();
}

export function plainTextOf({ title, text }: Message): string {
  return truncateBytes(`${title}\n\n${text}`, 16_000);
}

/** Truncates text to `maxBytes` of UTF-8, never within a character. */
export function truncateBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const room = maxBytes - Buffer.byteLength('…');
  let length = 0;
  let kept = '';
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > room) break;
    kept += character;
  }
  return `${kept}…`;
}
