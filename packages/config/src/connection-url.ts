import { withEncodedPercents } from '@texas-ai/kernel';

/**
 * A server's URL as somebody wrote it, in the one form that every reader of it takes alike. A password with
 * a bare `%` is percent-encoded.
 */
export function readConnectionUrl(text: string): string {
  const encoded = withEncodedPercents(text);
  return URL.canParse(encoded) ? new URL(encoded).href : encoded;
}

/** A server given in parts. */
export interface ServerParts {
  readonly scheme: 'postgres' | 'redis';
  /** A name, an address, or for PostgreSQL the folder of its socket. */
  readonly host: string;
  readonly port: number;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Name of the database. */
  readonly name?: string | undefined;
}

/** One URL out of the parts; user, password and name are percent-encoded. */
export function connectionUrl({ scheme, host, port, user, password, name }: ServerParts): string {
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`;
  const login = user === undefined && secret === '' ? '' : `${encoded(user)}${secret}@`;
  const address = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const authority = address.startsWith('/') ? encodeURIComponent(address) : address;
  return `${scheme}://${login}${authority}:${port}${name === undefined ? '' : `/${encoded(name)}`}`;
}

/** `postgres://user@/name?host=/run/postgresql` is usual, and no URL to the WHATWG. */
const noHost = 'texas-no-host';

/** An address as a URL, whose host may be a placeholder where a socket is meant; undefined where it is none. */
export function readAddress(text: string): URL | undefined {
  const whole = /^postgres(ql)?:/i.test(text) ? text.replace('@/', `@${noHost}/`) : text;
  return [text, whole].filter((each) => URL.canParse(each)).map((each) => new URL(each))[0];
}

/** The name of a parameter that holds a secret. */
export const keyInQuery = /key|token|pass|secret|sign/i;

/** A fragment, or an @ behind what ends host and port: then the password holds a sign that ends it. */
const endedEarly = /#|^[a-z]+:\/\/[^/?#@]*[/?][^=]*@/i;

/** What was expected in place of a text that is no URL of these schemes; undefined where it is one. */
export function urlProblem(text: string, schemes: readonly string[]): string | undefined {
  const expected = `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined || !schemes.includes(scheme)) return expected;
  if (/[\t\r\n]/.test(text)) return `${expected}, in one line`;
  const isServer = !scheme.startsWith('http');
  const problem = isServer && endedEarly.test(text) ? notEncoded : authorityProblem(text, scheme);
  return problem && `${expected} and ${problem}`;
}

const notEncoded =
  'has its user and password percent-encoded: # is written %23, / %2F, ? %3F, @ %40 and % %25';

/** What a URL does between its scheme and its path, where that cannot be used. */
function authorityProblem(text: string, scheme: string): string | undefined {
  const [, written = '', rest = ''] = /:\/\/([^/?#]*)(.*)$/.exec(text) ?? [];
  const address = written.slice(written.lastIndexOf('@') + 1);
  const [, named = '', portNamed = ''] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(address) ?? [];
  const isPostgres = scheme.startsWith('postgres');
  const query = isPostgres ? readAddress(text)?.searchParams : undefined;
  const host = query?.get('host') || named;
  const port = query?.get('port') || portNamed;
  if (/,/.test(host + port)) return 'names one host, since several are not supported';
  if (host === '') {
    return `names a host${isPostgres ? ', or the folder of a socket as in ?host=/run/postgresql' : ''}`;
  }
  if (port !== '' && !(/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
    return rest.includes('@') ? notEncoded : 'has a port from 1 to 65535 after its host';
  }
  return readAddress(text) === undefined ? 'has a valid name or address as its host' : undefined;
}

function encoded(text = ''): string {
  return encodeURIComponent(text);
}
