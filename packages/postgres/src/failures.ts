import { grantMissing } from './missing-privilege.js';
import type { Session } from './session.js';

/** An error of PostgreSQL, PgBouncer, pg or the operating system, or the stderr of pg_dump and pg_restore. */
export interface PostgresError {
  /** SQLSTATE or errno name, empty if the error has none; undefined for a program, which only has text. */
  code?: string;
  /** Of an error of the operating system, for example `connect`. */
  syscall?: string;
  text: string;
}

/** What is wrong, and what an operator can do about it. */
export interface PostgresFailure {
  message: string;
  fix?: string;
}

interface Pattern extends PostgresFailure {
  code?: RegExp;
  /** Compared if the pattern has no code, or the error's code is unknown. */
  text?: RegExp;
}

const setting = 'DATABASE_URL (or the POSTGRES_ variables)';

/** Failures that the statement did not cause; the first match counts. */
const failures: readonly Pattern[] = [
  {
    text: /does not support SSL connections/,
    message: 'The database does not offer TLS, which its URL requires.',
    fix: 'Turn on ssl on the server, or remove sslmode (or ssl) from the URL.',
  },
  {
    text: /extension "[^"]+" is not available|could not open extension control file/,
    message: 'The database server lacks an extension.',
    fix: 'Install the contrib package of its PostgreSQL (Debian: it comes with postgresql-NN).',
  },
  {
    code: /^28/,
    text: /password authentication failed|no password supplied/,
    message: 'The database rejects this user.',
    fix: `Check user and password in ${setting}, and pg_hba.conf on the server.`,
  },
  {
    code: /^3D000$/,
    text: /FATAL: +database .* does not exist/,
    message: 'There is no such database.',
    fix: `Create it with CREATE DATABASE, or set another in ${setting}.`,
  },
  {
    code: /^53300$/,
    text: /too many (?:clients|connections)|remaining connection slots/,
    message: 'The database has no free connection.',
    fix: 'Raise max_connections on the server, or lower database.poolMax.',
  },
  {
    code: /^(53100|58030)$/,
    text: /No space left on device|Disk quota exceeded/i,
    message: 'The disk of the database is full or broken.',
    fix: 'Free some space on it, or replace it.',
  },
  { code: /^53/, message: 'The database is out of memory or other resources.' },
  { code: /^57P/, message: 'The database is starting up, shutting down or restarting.' },
  {
    code: /^57014$/,
    message: 'The database took too long to run a statement.',
    fix: 'Look for locks and load on the server, or raise database.statementTimeoutSeconds.',
  },
  {
    code: /^25006$/,
    message: 'The database is read-only and rejects writes.',
    fix: `${setting} must lead to the primary, not to a replica.`,
  },
  {
    code: /^(40001|40P01|55P03)$/,
    message: 'The database gave up waiting for a lock, or broke a deadlock between transactions.',
  },
  {
    code: /^(ENOTFOUND|EAI_AGAIN)$/,
    text: /could not translate host name/,
    message: 'The host name of the database cannot be resolved.',
    fix: `Check the host in ${setting}, and DNS.`,
  },
  {
    code: /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/,
    text: /could not connect|connection to server(?!.*FATAL)|terminating connection/,
    message: 'The database cannot be reached at its address.',
    fix: `Check host and port in ${setting}, and that PostgreSQL is running and reachable there.`,
  },
  {
    code: /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_TLS|^EPROTO$/,
    message: 'The certificate of the database is not trusted.',
    fix: 'Set its certificate authority in the URL (sslrootcert=/path/ca.pem), or use the host name that it was issued for.',
  },
  {
    text: /Connection terminated|timeout exceeded|timeout expired|Timeout acquiring a connection|Query read timeout|connection timeout|Unable to acquire a connection|Client has encountered a connection error/i,
    message: 'The database does not respond.',
  },
  { code: /^(08|25P03|58|ECONNRESET|ETIMEDOUT|EPIPE)/, message: 'The database does not respond.' },
];

/** SQLSTATE of everything that PgBouncer reports, and of protocol violations. */
const protocolViolation = '08P01';

/** A protocol violation that PostgreSQL reports: the statement, e.g. one with too many parameters, is at fault. */
const byStatement = /\bmessage\b/;

/** Failures that PgBouncer reports. */
const poolerFailures: readonly Pattern[] = [
  {
    text: /\bno such database/,
    message: 'PgBouncer does not know the database.',
    fix: `Add it, or an entry "* = …", to [databases] of PgBouncer, or set another in ${setting}.`,
  },
  {
    text: /\bdatabase ".*" is disabled/,
    message: 'The database is disabled in PgBouncer.',
    fix: 'Run ENABLE on its admin console.',
  },
  {
    text: /unsupported startup parameter/,
    message: 'PgBouncer does not accept a parameter of the connection.',
    fix: `Remove the parameter from ${setting}, or add it to ignore_startup_parameters of PgBouncer.`,
  },
  {
    text: /authentication failed|no such user/,
    message: 'PgBouncer rejects this user.',
    fix: `Check user and password in ${setting}, and auth_file of PgBouncer.`,
  },
  {
    text: /query_wait_timeout|no more connections allowed/,
    message: 'PgBouncer has no free connection.',
    fix: 'Raise default_pool_size (or max_client_conn) of PgBouncer, or lower database.poolMax.',
  },
  {
    text: /^(query_timeout|transaction_timeout|idle_transaction_timeout)/,
    message: 'PgBouncer ended a statement or transaction that took too long.',
    fix: 'Raise that limit of PgBouncer, and look for locks and load on the server.',
  },
];

/** Reported by PgBouncer for any other reason: it has no server connection to give. */
const noServerConnection: PostgresFailure = {
  message: 'PgBouncer cannot connect to the database.',
  fix: 'Check that PostgreSQL is running and that host, port and password in [databases] of PgBouncer are right; its log has more.',
};

/** ENOENT and EACCES mean different things for a socket and a file. */
const bySyscall: Readonly<Record<string, PostgresFailure>> = {
  connect: {
    message: 'The PostgreSQL socket cannot be used.',
    fix: `Check the folder (host) and port in ${setting}, and that PostgreSQL is running there.`,
  },
  open: {
    message: 'A file named in the URL of the database cannot be read.',
    fix: 'Check sslrootcert, sslcert and sslkey.',
  },
};

/** 3F000 means that the role may not use any schema of its search_path. */
const denied = /^(42501|3F000)$/;
const deniedText =
  /permission denied (?:for|to create)|must be (?:owner|member|able to SET ROLE)|Must have CREATE privilege/;

/**
 * Explains why the database cannot be used; undefined if the statement is at fault or the error is unknown.
 * `session` is the one that the statement ran in.
 */
export function explainFailure(
  { code, syscall = '', text }: PostgresError,
  session?: Session,
): PostgresFailure | undefined {
  if (code === undefined ? deniedText.test(text) : denied.test(code)) {
    const message = 'The database role lacks a privilege.';
    return { message, fix: grantMissing(text, session) };
  }
  if (code === 'ENOENT' || code === 'EACCES') return bySyscall[syscall];
  if (code === protocolViolation) {
    if (byStatement.test(text)) return undefined;
    return poolerFailures.find((known) => known.text?.test(text)) ?? noServerConnection;
  }
  const matches = (known: Pattern) =>
    code === undefined || known.code === undefined ? known.text?.test(text) : known.code.test(code);
  return failures.find(matches) ?? (code === undefined ? poolerFailures.find(matches) : undefined);
}
