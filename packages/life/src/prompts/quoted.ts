/**
 * Material that is data, between tags of that name. Angle brackets inside are replaced, so that
 * nothing quoted can close the tags or open others.
 */
export function quoted(tag: string, lines: readonly string[]): string {
  const text = lines.join('\n').replaceAll('<', '‹').replaceAll('>', '›');
  return `<${tag}>\n${text}\n</${tag}>`;
}

/** The text on one line, so that a list stays a list. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
