import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDebianProgram } from './debian-program.js';
import { until } from './until.js';

export interface PgBouncer {
  /** The same database and user, through PgBouncer. */
  url: string;
  stop(): Promise<void>;
}

export interface PgBouncerOptions {
  databaseUrl: string;
  mode: 'session' | 'transaction' | 'statement';
  /** The databases that it serves; all of the server by default. */
  databases?: 'all' | 'itself';
  /** Additional lines for the section `[pgbouncer]`. */
  settings?: readonly string[];
}

const port = 6432;

/** Starts PgBouncer on a socket in its own folder; undefined if it is not available (see `findDebianProgram`). */
export async function startPgBouncer(options: PgBouncerOptions): Promise<PgBouncer | undefined> {
  const program = await findDebianProgram({
    names: ['pgbouncer'],
    package: 'pgbouncer',
    tests: 'Tests with PgBouncer',
  });
  if (program === undefined) return undefined;
  const { databases = 'all', settings = [] } = options;
  const server = new URL(options.databaseUrl);
  const folder = mkdtempSync(join(tmpdir(), 'texas-pgbouncer-'));
  // It refuses to run as root, and another user needs access to the folder.
  chmodSync(folder, 0o777);
  const user = decodeURIComponent(server.username);
  const password = decodeURIComponent(server.password);
  const users = join(folder, 'users');
  writeFileSync(users, `"${user}" "${password}"\n`);
  const configuration = join(folder, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `${databases === 'all' ? '*' : server.pathname.slice(1)} = host=${server.hostname} port=${server.port}`,
    '[pgbouncer]',
    'listen_addr =',
    `listen_port = ${port}`,
    `unix_socket_dir = ${folder}`,
    'auth_type = trust',
    `auth_file = ${users}`,
    `pool_mode = ${options.mode}`,
    ...settings,
  ];
  writeFileSync(configuration, `${lines.join('\n')}\n`);
  const asNobody = process.getuid?.() === 0 ? ['--user', 'nobody'] : [];
  const child = spawn(program, ['--quiet', ...asNobody, configuration], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close');
  await until(() => {
    if (child.exitCode !== null) throw new Error(`PgBouncer did not start: ${stderr}`);
    return accepts(join(folder, `.s.PGSQL.${port}`));
  });
  const login = `${server.username}:${server.password}`;
  return {
    url: `postgres://${login}@${encodeURIComponent(folder)}:${port}${server.pathname}`,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => resolve(true));
    socket.once('error', () => resolve(false)).once('connect', () => socket.destroy());
  });
}
