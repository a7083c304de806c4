const maxLength = 240;

/** What a provider said, as it may stand in a message of ours: one line, bounded, without the key. */
export function quotedReply(text: string, apiKey: string): string {
  const line = text
    .replaceAll(apiKey, '[api key]')
    .replace(/[\s\p{Cc}\p{Cf}“”"]+/gu, ' ')
    .trim();
  return `“${line.length > maxLength ? `${line.slice(0, maxLength)}…` : line}”`;
}
