import { percentDecoded, TexasError, withEncodedPercents } from '@texas-ai/kernel';

/** libpq's connection parameters and the equivalent environment variables. */
const variables: Readonly<Record<string, string>> = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  dbname: 'PGDATABASE',
  options: 'PGOPTIONS',
  application_name: 'PGAPPNAME',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  client_encoding: 'PGCLIENTENCODING',
  channel_binding: 'PGCHANNELBINDING',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  requirepeer: 'PGREQUIREPEER',
  gssencmode: 'PGGSSENCMODE',
  krbsrvname: 'PGKRBSRVNAME',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslcrl: 'PGSSLCRL',
  sslcrldir: 'PGSSLCRLDIR',
  sslsni: 'PGSSLSNI',
  ssl_min_protocol_version: 'PGSSLMINPROTOCOLVERSION',
  ssl_max_protocol_version: 'PGSSLMAXPROTOCOLVERSION',
};

/** Seconds for connecting, unless the URL sets them. */
const connectTimeoutSeconds = '10';

/**
 * Returns the environment variables that connect pg_dump and pg_restore to the URL's database, so that no password
 * appears in their arguments. Query parameters that libpq does not know are dropped.
 */
export function libpqEnvironment(databaseUrl: string): Record<string, string> {
  const url = parse(databaseUrl);
  const environment: Record<string, string> = { PGCONNECT_TIMEOUT: connectTimeoutSeconds };
  const set = (name: string, value: string) => {
    const variable = variables[name];
    if (variable !== undefined && value !== '') environment[variable] = value;
  };
  if (url.hostname !== emptyHost) set('host', withoutBrackets(percentDecoded(url.hostname)));
  set('port', url.port);
  set('user', percentDecoded(url.username));
  set('password', percentDecoded(url.password));
  set('dbname', databaseNameOf(databaseUrl));
  for (const [name, value] of url.searchParams) set(name, value);
  const ssl = url.searchParams.get('ssl');
  if (ssl !== null && !url.searchParams.has('sslmode')) {
    set('sslmode', ssl === 'true' || ssl === '1' ? 'require' : 'disable');
  }
  // Known only to pg: encrypted, with any certificate.
  if (environment.PGSSLMODE === 'no-verify') environment.PGSSLMODE = 'require';
  return environment;
}

/** Returns the name of the database in the URL, by default that of the user. */
export function databaseNameOf(databaseUrl: string): string {
  const { pathname, username } = parse(databaseUrl);
  return percentDecoded(pathname.slice(1)) || percentDecoded(username);
}

/** Returns the URL of another database on the same server, for the same user. */
export function withDatabase(databaseUrl: string, name: string): string {
  const url = parse(databaseUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  url.searchParams.delete('dbname');
  return url.href.replace(`@${emptyHost}`, '@');
}

/** Returns every secret in the URL, in each form in which a program may print it. */
export function secretsOfUrl(databaseUrl: string): string[] {
  const url = parse(databaseUrl);
  const secrets = [url.password, percentDecoded(url.password)];
  secrets.push(url.searchParams.get('password') ?? '');
  return secrets.filter((secret) => secret !== '');
}

// `postgres://user@/name?host=/run/postgresql` is common, but not a valid WHATWG URL.
const emptyHost = 'texas-no-host';

function parse(databaseUrl: string): URL {
  try {
    return new URL(withEncodedPercents(databaseUrl).replace('@/', `@${emptyHost}/`));
  } catch {
    throw new TexasError('config_invalid', 'The address of the database is not a URL.');
  }
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
