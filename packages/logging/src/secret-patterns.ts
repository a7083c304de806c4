export const mask = '[redacted]';

type Replacement = readonly [pattern: RegExp, replacement: string];

const secretName =
  '(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|authorization|credentials?|private[_-]?key|access[_-]?key)';

// Every repetition is bounded or cannot overlap with what follows, so that matching takes linear time
// even for hostile texts.
const replacements: readonly Replacement[] = [
  // PEM, even if truncated
  [
    /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
    mask,
  ],
  // user and password of a URL, even with unescaped slashes in the password
  [/:\/\/(?:[^\s:/?#@"'<>]{0,1024}:[^\s"'<>]{0,1024}|[^\s/?#"'<>]{0,1024})@/g, `://${mask}@`],
  // webhooks with the key in the path
  [/(https?:\/\/[^\s"'<>]{0,200}?\/(?:services|hooks?)\/)[\w/-]{16,}/g, `$1${mask}`],
  // headers
  [/\b((?:set-)?cookie\\*["']?\s{0,8}[:=]\s{0,8}\\*["']?)[^\r\n"']+/gi, `$1${mask}`],
  [
    /\b(authorization\\*["']?\s{0,8}[:=]\s{0,8}\\*["']?)(?:(?:bearer|basic|token|digest)\s+)?[^\s"',;]+/gi,
    `$1${mask}`,
  ],
  [/\b(Bearer\s+)(?!(?:tokens?|realm|keys?|headers?|auth\w*)\b)[\w.~+/=-]+/gi, `$1${mask}`],
  [/\b(Basic\s+)(?=[a-z+/]*[A-Z0-9=])[A-Za-z0-9+/]{4,}={0,2}/g, `$1${mask}`],
  // query parameters and forms
  [/(?<![\w-])((?:key|sig|sign|signature|auth|pass|jwt|sid)=)[^&#\s"'<>]+/gi, `$1${mask}`],
  // keys with a recognisable form
  [/AIza[\w-]{20,}/g, mask],
  [/\bAQ\.[\w-]{20,}/g, mask],
  [/\bya29\.[\w-]{10,}/g, mask],
  [/\bsk-[\w-]{16,}/g, mask],
  [/\bgh[a-z]_[A-Za-z0-9]{16,}/g, mask],
  [/\bgithub_pat_\w{16,}/g, mask],
  [/\bx(?:ox[a-z]|app)-[\w-]{8,}/g, mask],
  [/\bA(?:KIA|SIA)[0-9A-Z]{16}\b/g, mask],
  [/\beyJ[\w-]{4,1000}\.[\w-]{4,}(?:\.[\w-]*)*/g, mask],
  // our own keys: <prefix>_<short>_<long>, the long part random
  [/(?<![A-Za-z0-9])[a-z]{2,12}_[A-Za-z0-9]{4,24}_(?=[A-Za-z_-]{0,80}\d)[\w-]{20,}/g, mask],
];

// The value is quoted, quoted within quoted JSON (with escaped quotes), or a bare word.
const quoted = String.raw`"(?:[^"\\\r\n]|\\.){0,2000}"?`;
const escapedQuoted = String.raw`(?<escape>\\{1,8})"[^\r\n]{0,2000}?(?:(?<!\\)\k<escape>"|$)`;
const bareOrSingleQuoted = String.raw`'[^'\r\n]*'|[^\s"',;&}\]]+`;
const listOrMapping = String.raw`\[[^\]\r\n]{0,2000}\]?|\{[^}\r\n]{0,2000}\}?`;
const namedValue = new RegExp(
  String.raw`(?<name>(?<![A-Za-z0-9])[\w-]{0,40}?${secretName}[\w-]{0,40})` +
    String.raw`(?<separator>\\{0,8}["']?\s{0,8}[:=]\s{0,8})` +
    `(?<value>${quoted}|${escapedQuoted}|${listOrMapping}|${bareOrSingleQuoted})`,
  'gi',
);

/** Required by every pattern above: a fast check that excludes most texts. */
const suspicious =
  /[:=]|bearer\s|basic\s|-----BEGIN|AIza|AQ\.|ya29\.|sk-|gh[a-z]_|github_pat_|xox|xapp-|AKIA|ASIA|eyJ|_[a-z0-9]{4,24}_/i;

const tokenCountName = /tokens$|tokens?_?count$/i;

/** Masks texts that look like secrets. */
export function maskPatterns(text: string): string {
  if (!suspicious.test(text)) return text;
  const masked = replacements.reduce(
    (rest, [pattern, replacement]) => rest.replace(pattern, replacement),
    text,
  );
  return masked.replace(namedValue, (...match) => {
    const { name, separator, value } = match.at(-1) as Record<
      'name' | 'separator' | 'value',
      string
    >;
    const harmless = tokenCountName.test(name) && /^\d+$/.test(value);
    return harmless || /^[\\"']*\[redacted/.test(value) ? match[0] : `${name}${separator}${mask}`;
  });
}
