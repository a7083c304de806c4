import { percentDecoded, TexasError, withEncodedPercents } from '@texas-ai/kernel';

/** Names of libpq's connection parameters, and of the variables that say the same. */
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

/** Seconds for one connection of a PostgreSQL program, where the URL says nothing else. */
const connectTimeoutSeconds = '10';

/**
 * The variables that connect pg_dump and pg_restore as the URL says, so that no password is in
 * their arguments. Parameters of the query that libpq does not know are left out.
 */
export function connectionEnvironment(databaseUrl: string): Record<string, string> {
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
  // What only node's driver knows: encrypted, whoever answers.
  if (environment.PGSSLMODE === 'no-verify') environment.PGSSLMODE = 'require';
  return environment;
}

/** The name of the database in the URL; that of the user where it names none. */
export function databaseNameOf(databaseUrl: string): string {
  const { pathname, username } = parse(databaseUrl);
  return percentDecoded(pathname.slice(1)) || percentDecoded(username);
}

/** The same server and user, another database. */
export function withDatabase(databaseUrl: string, name: string): string {
  const url = parse(databaseUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  url.searchParams.delete('dbname');
  return url.href.replace(`@${emptyHost}`, '@');
}

/** Every secret that the URL holds, as it may turn up in a program's words. */
export function secretsOfUrl(databaseUrl: string): string[] {
  const url = parse(databaseUrl);
  const secrets = [url.password, percentDecoded(url.password)];
  secrets.push(url.searchParams.get('password') ?? '');
  return secrets.filter((secret) => secret !== '');
}

// `postgres://user@/name?host=/run/postgresql` is usual, and no URL to the WHATWG.
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
