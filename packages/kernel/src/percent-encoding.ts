/**
 * Encodes every `%` of a URL that encodes nothing: passwords are often pasted unencoded, and libraries disagree about
 * `p%ss` or throw.
 */
export function withEncodedPercents(url: string): string {
  return url.replace(/(?:%[0-9a-f]{2})+|%/gi, (found) =>
    isEncoding(found) ? found : found.replaceAll('%', '%25'),
  );
}

/** Decodes a part of a URL; a `%` that encodes nothing stays unchanged. */
export function percentDecoded(text: string): string {
  return decodeURIComponent(withEncodedPercents(text));
}

function isEncoding(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
