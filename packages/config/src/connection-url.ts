import { withEncodedPercents } from '@texas-ai/kernel';

/** The URL in the one form that all clients parse alike. A bare `%` in a password is percent-encoded. */
export function normalizedUrl(text: string): string {
  const encoded = withEncodedPercents(text);
  return URL.canParse(encoded) ? new URL(encoded).href : encoded;
}

/** A server whose address is given in parts. */
export interface ServerParts {
  readonly scheme: 'postgres' | 'redis';
  /** A name or address; for PostgreSQL also the directory of its socket. */
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password: string | null;
  /** Database name. */
  readonly name?: string;
}

/** The URL of a server. User, password and name are percent-encoded. */
export function connectionUrl({ scheme, host, port, user, password, name }: ServerParts): string {
  const secret = password === null ? '' : `:${encodeURIComponent(password)}`;
  const login = user === undefined && secret === '' ? '' : `${encoded(user)}${secret}@`;
  const address = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const authority = address.startsWith('/') ? encodeURIComponent(address) : address;
  return `${scheme}://${login}${authority}:${port}${name === undefined ? '' : `/${encoded(name)}`}`;
}

/** `postgres://user@/name?host=/run/postgresql` is common, but not a valid WHATWG URL. */
const placeholderHost = 'texas-no-host';

/** Parses a server's URL; undefined if it is invalid. A socket URL gets a placeholder as its host. */
export function parseServerUrl(text: string): URL | undefined {
  const withHost = /^postgres(ql)?:/i.test(text)
    ? text.replace('@/', `@${placeholderHost}/`)
    : text;
  return [text, withHost].filter((each) => URL.canParse(each)).map((each) => new URL(each))[0];
}

/** Query parameters that hold a secret, by name. */
export const secretParameter = /key|token|pass|secret|sign/i;

/** A fragment, or an @ after the end of host and port: the password contains a character that ends it. */
const unencodedPassword = /#|^[a-z]+:\/\/[^/?#@]*[/?][^=]*@/i;

/** What was expected instead of this text; undefined if it is a URL with one of the schemes. */
export function urlProblem(text: string, schemes: readonly string[]): string | undefined {
  const expected = `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined || !schemes.includes(scheme)) return expected;
  if (/[\t\r\n]/.test(text)) return `${expected}, in one line`;
  const isServer = !scheme.startsWith('http');
  const problem =
    isServer && unencodedPassword.test(text) ? notEncoded : authorityProblem(text, scheme);
  return problem && `${expected} and ${problem}`;
}

const notEncoded =
  'has its user and password percent-encoded: # is written %23, / %2F, ? %3F, @ %40 and % %25';

/** What is wrong with the host and port; undefined if nothing is. */
function authorityProblem(text: string, scheme: string): string | undefined {
  const [, written = '', rest = ''] = /:\/\/([^/?#]*)(.*)$/.exec(text) ?? [];
  const address = written.slice(written.lastIndexOf('@') + 1);
  const [, named = '', portNamed = ''] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(address) ?? [];
  const isPostgres = scheme.startsWith('postgres');
  const query = isPostgres ? parseServerUrl(text)?.searchParams : undefined;
  const host = query?.get('host') || named;
  const port = query?.get('port') || portNamed;
  if (/,/.test(host + port)) return 'names one host, since several are not supported';
  if (host === '') {
    return `names a host${isPostgres ? ', or the folder of a socket as in ?host=/run/postgresql' : ''}`;
  }
  if (port !== '' && !(/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
    return rest.includes('@') ? notEncoded : 'has a port from 1 to 65535 after its host';
  }
  return parseServerUrl(text) === undefined ? 'has a valid name or address as its host' : undefined;
}

function encoded(text = ''): string {
  return encodeURIComponent(text);
}
