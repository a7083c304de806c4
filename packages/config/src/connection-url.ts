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

function encoded(text = ''): string {
  return encodeURIComponent(text);
}
