import type { Session } from '@texas-ai/postgres';
import { missingRight } from './missing-right.js';

/** Why a database cannot be used, and what a person can do about it. */
export interface Unavailable {
  message: string;
  fix?: string;
}

/** What PostgreSQL, its client or the system threw. */
export interface DatabaseError {
  /** SQLSTATE, or the system's code. */
  code: string;
  /** Of the system's error, for example `connect`. */
  syscall: string;
  text: string;
}

const here = 'DATABASE_URL (or the POSTGRES_ variables)';

/** By SQLSTATE or the system's code. Whatever is matched is no fault of the statement. */
const byCode: readonly [RegExp, Unavailable][] = [
  [
    /^28/,
    {
      message: 'The database rejects this user.',
      fix: `Check user and password in ${here}, and pg_hba.conf of the server.`,
    },
  ],
  [
    /^3D000$/,
    {
      message: 'There is no such database.',
      fix: `Make it with CREATE DATABASE, or name another in ${here}.`,
    },
  ],
  [
    /^53300$/,
    {
      message: 'The database has no connection left.',
      fix: 'Raise max_connections of the server, or lower database.poolMax.',
    },
  ],
  [/^(53100|58030)$/, { message: 'The disk of the database is full or broken.' }],
  [/^53/, { message: 'The database has too little memory or other resources.' }],
  [/^57P/, { message: 'The database is starting up, shutting down or restarting.' }],
  [
    /^57014$/,
    {
      message: 'The database took too long for a statement.',
      fix: 'Look for locks and load on the server, or raise database.statementTimeoutSeconds.',
    },
  ],
  [
    /^25006$/,
    {
      message: 'The database is read-only and rejects writes.',
      fix: `${here} must lead to the primary, not to a replica.`,
    },
  ],
  [
    /^(40001|40P01|55P03)$/,
    {
      message:
        'The database gave up waiting for a lock, or ended a deadlock, with concurrent transactions.',
    },
  ],
  [
    /^(ENOTFOUND|EAI_AGAIN)$/,
    {
      message: 'The host of the database is not known.',
      fix: `Check the host in ${here}, and the name server.`,
    },
  ],
  [
    /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/,
    {
      message: 'Nothing answers at the address of the database.',
      fix: `Check host and port in ${here}, and whether PostgreSQL runs and listens there.`,
    },
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_TLS|^EPROTO$/,
    {
      message: 'The certificate of the database is not trusted.',
      fix: 'Name its authority in the URL (sslrootcert=/path/ca.pem), or use the host name that it is for.',
    },
  ],
  [/^(08|25P03|58|ECONNRESET|ETIMEDOUT|EPIPE)/, { message: 'The database does not answer.' }],
];

/** Everything that PgBouncer reports has the SQLSTATE of a protocol violation. */
const protocolViolation = '08P01';

/** PostgreSQL's own protocol violations: the statement, such as one with too many parameters, is at fault. */
const byStatement = /\bmessage\b/;

/** What PgBouncer says; anything else of it means that it has no server session to give. */
const byPooler: readonly [RegExp, Unavailable][] = [
  [
    /^no such database/,
    {
      message: 'PgBouncer does not know the database.',
      fix: `Add it, or an entry "* = …", to [databases] of PgBouncer, or name another in ${here}.`,
    },
  ],
  [
    /^database ".*" is disabled/,
    { message: 'PgBouncer has the database disabled.', fix: 'Run ENABLE on its admin console.' },
  ],
  [
    /^unsupported startup parameter/,
    {
      message: 'PgBouncer does not accept a parameter of the connection.',
      fix: `Remove the parameter from ${here}, or add it to ignore_startup_parameters of PgBouncer.`,
    },
  ],
  [
    /authentication failed|^no such user/,
    {
      message: 'PgBouncer does not let this user in.',
      fix: `Check user and password in ${here}, and auth_file of PgBouncer.`,
    },
  ],
  [
    /^(query_wait_timeout|no more connections allowed)/,
    {
      message: 'PgBouncer has no connection left.',
      fix: 'Raise default_pool_size (or max_client_conn) of PgBouncer, or lower database.poolMax.',
    },
  ],
  [
    /^(query_timeout|transaction_timeout|idle_transaction_timeout)/,
    {
      message: 'PgBouncer ended a statement or transaction that took too long.',
      fix: 'Raise that limit of PgBouncer, and look for locks and load on the server.',
    },
  ],
  [
    /./,
    {
      message: 'The database does not answer behind PgBouncer.',
      fix: 'Check that PostgreSQL runs and that host, port and password in [databases] of PgBouncer are right; its log has more.',
    },
  ],
];

/** What has no code of its own. */
const byText: readonly [RegExp, Unavailable][] = [
  [
    /does not support SSL connections/,
    {
      message: 'The database does not offer TLS, which its URL asks for.',
      fix: 'Turn ssl on at the server, or take sslmode (or ssl) out of the URL.',
    },
  ],
  [
    /extension "\w+" is not available|could not open extension control file/,
    {
      message: 'The server of the database lacks an extension.',
      fix: 'Install the contrib package of its PostgreSQL (Debian: it comes with postgresql-NN).',
    },
  ],
  [
    /Connection terminated|timeout exceeded|timeout expired|Timeout acquiring a connection|Query read timeout|connection timeout|Unable to acquire a connection|Client has encountered a connection error/i,
    { message: 'The database does not answer.' },
  ],
];

const noSocket: Unavailable = {
  message: 'There is no socket of PostgreSQL that can be used.',
  fix: `Check the folder (host) and port in ${here}, and whether PostgreSQL runs there.`,
};
const noFile: Unavailable = {
  message: 'A file that the URL of the database names cannot be read.',
  fix: 'Check sslrootcert, sslcert and sslkey.',
};

/** SQLSTATE 3F000 is what a role meets that may not even look into the schema. */
function isDenied(code: unknown): boolean {
  return code === '42501' || code === '3F000';
}

/** Undefined where it is the statement that is at fault. `session` is where it ran, where that is known. */
export function unavailable(error: DatabaseError, session?: Session): Unavailable | undefined {
  const { code, syscall, text } = error;
  if (isDenied(code)) {
    return { message: 'The role of the database lacks a right.', fix: missingRight(text, session) };
  }
  if (/^(ENOENT|EACCES)$/.test(code)) {
    if (syscall === 'connect') return noSocket;
    return syscall === 'open' ? noFile : undefined;
  }
  if (code === protocolViolation) {
    if (byStatement.test(text)) return undefined;
    return byPooler.find(([pattern]) => pattern.test(text))?.[1];
  }
  const found =
    byText.find(([pattern]) => pattern.test(text)) ??
    byCode.find(([pattern]) => pattern.test(code));
  return found?.[1];
}
