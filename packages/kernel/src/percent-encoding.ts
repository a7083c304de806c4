/**
 * The same URL, in which every `%` that encodes nothing is encoded itself: people paste passwords as they
 * are, and libraries disagree about what `p%ss` means or throw.
 */
export function withEncodedPercents(url: string): string {
  return url.replace(/(?:%[0-9a-f]{2})+|%/gi, (found) =>
    isEncoding(found) ? found : found.replaceAll('%', '%25'),
  );
}

/** A part of a URL as plain text; a `%` that encodes nothing stays as it is. */
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
