// Which names say that their value is a secret. Names are compared in lower case without
// separators: `X-Api-Key`, `api_key` and `apiKey` are one name.

const secretNames =
  /passw(?:or)?d|passphrase|pwd|secret|token|apikey|authorization|cookie|credential|privatekey|accesskey|signingkey|encryptionkey|jwt|bearer/;

/** Short names that are secret only as a whole. */
const secretWholeNames = new Set(['auth', 'pass', 'sign', 'signature', 'sig', 'sid', 'webhookurl']);

/** Names about counts of language-model tokens: `inputTokens`, `promptTokenCount`, `maxTokens`. */
const tokenCounts = /tokens$|tokens?(?:count|limit|budget|usage|used|total)s?$/;

/** Names of structures that hold such counts. */
const tokenDetails = /tokens?(?:details|usage|count|counts)$/;

const headers = new Set(['authorization', 'proxyauthorization', 'cookie', 'setcookie', 'xapikey']);

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Whether the value under this name has to be hidden; a number of tokens has not. */
export function hidesValue(name: string, value: unknown): boolean {
  if (value === null || value === undefined || typeof value === 'boolean') return false;
  const key = plain(name);
  if (secretWholeNames.has(key)) return true;
  if (!secretNames.test(key)) return false;
  if (typeof value === 'number' || typeof value === 'bigint') return !tokenCounts.test(key);
  return !(typeof value === 'object' && tokenDetails.test(key));
}

/** Whether a text is the name of a header whose value is secret, as raw header lists hold it. */
export function isSecretHeader(text: unknown): boolean {
  return typeof text === 'string' && text.length < 40 && headers.has(plain(text));
}
