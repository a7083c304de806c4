// Names of secrets, compared in lower case without separators: `X-Api-Key`, `api_key` and `apiKey` are
// the same name.

const secretNames =
  /passw(?:or)?d|passphrase|pwd|secret|token|apikey|authorization|cookie|credential|privatekey|accesskey|signingkey|encryptionkey|jwt|bearer/;

/** Short names, which must match as a whole. */
const secretWholeNames = new Set(['auth', 'pass', 'sign', 'signature', 'sig', 'sid', 'webhookurl']);

/** Counts of language-model tokens: `inputTokens`, `promptTokenCount`, `maxTokens`. */
const tokenCounts = /tokens$|tokens?(?:count|limit|budget|usage|used|total)s?$/;

/** Objects with such counts. */
const tokenDetails = /tokens?(?:details|usage|count|counts)$/;

const headers = new Set(['authorization', 'proxyauthorization', 'cookie', 'setcookie', 'xapikey']);

function normalize(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Whether to mask the value of this name. Token counts are not secret. */
export function hidesValue(name: string, value: unknown): boolean {
  if (value === null || value === undefined || typeof value === 'boolean') return false;
  const key = normalize(name);
  if (secretWholeNames.has(key)) return true;
  if (!secretNames.test(key)) return false;
  if (typeof value === 'number' || typeof value === 'bigint') return !tokenCounts.test(key);
  return !(typeof value === 'object' && tokenDetails.test(key));
}

/** Whether a text in a raw header list is the name of a secret header. */
export function isSecretHeader(text: unknown): boolean {
  return typeof text === 'string' && text.length < 40 && headers.has(normalize(text));
}
