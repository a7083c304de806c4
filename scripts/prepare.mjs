// Gets a checkout ready to run: installs the dependencies with the pinned pnpm, then builds with turbo, whose
// cache makes it a fraction of a second if nothing has changed. Uses only Node; all output goes to stderr.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const installStamp = join(root, 'node_modules/.cache/texas-installed');

export function prepare() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    giveUp(`Texas AI needs Node.js 20 or later; this is ${process.version}. Install a newer one.`);
  }
  const wanted = installState();
  if (read(installStamp) !== wanted) {
    assertWritable();
    say('Installing dependencies and building (once)…');
    pnpmInstall();
    stamp(installStamp, wanted);
  }
  const { command, args, env } = turboTask('build');
  run(command, args, env, 'The build failed');
}

/** A task of turbo.json as a command, its arguments and additional environment variables. */
export function turboTask(name) {
  return {
    command: process.execPath,
    args: [
      ...[join(root, 'node_modules/turbo/bin/turbo'), 'run', name],
      ...['--output-logs=errors-only', '--log-prefix=none'],
    ],
    env: {
      PATH: [join(root, 'scripts/bin'), process.env.PATH].join(delimiter),
      TURBO_TELEMETRY_DISABLED: '1',
    },
  };
}

/** A hash of the dependencies and of the platform that they are installed for. */
function installState() {
  const hash = createHash('sha256').update(`${process.versions.modules} ${process.arch}`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests()]) {
    hash.update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

function manifests() {
  return ['apps', 'packages'].flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => join(group, name, 'package.json'))
      .filter((file) => existsSync(join(root, file)))
      .sort(),
  );
}

function pnpmInstall() {
  run(
    'npx',
    [
      ...[
        '--yes',
        manifest.packageManager,
        '--loglevel=info',
        '--config.confirmModulesPurge=false',
      ],
      ...['install', '--frozen-lockfile', '--prefer-offline'],
    ],
    { HOME: writableHome() },
    'Installing the dependencies failed',
  );
}

function run(command, args, env, failure) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0) return;
  if (signal) process.exit(130);
  const output = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`;
  process.stderr.write(`${output.trimEnd().split('\n').slice(-15).join('\n')}\n`);
  giveUp(`${failure}: ${reasonFor(output)}`);
}

function reasonFor(output) {
  if (/ENOSPC|no space left/i.test(output)) {
    return `the disk of ${root} is full; free some space and run the command again.`;
  }
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET/.test(output)) {
    return 'the npm registry is not reachable; check the network and run the command again.';
  }
  if (/EACCES|EROFS|EPERM|permission denied|read-only file system/i.test(output)) {
    return `a folder cannot be written; make ${root} writable for you and run the command again.`;
  }
  return 'see the lines above, fix the cause and run the command again.';
}

/** npm and pnpm keep their caches in HOME; a user without a writable one gets a folder in the checkout. */
function writableHome() {
  const home = process.env.HOME;
  try {
    if (home) {
      accessSync(home, constants.W_OK);
      return home;
    }
  } catch {}
  const own = join(root, 'node_modules/.cache/home');
  mkdirSync(own, { recursive: true });
  return own;
}

function assertWritable() {
  try {
    mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
    accessSync(join(root, 'node_modules/.cache'), constants.W_OK);
  } catch (error) {
    giveUp(
      error.code === 'ENOSPC'
        ? `The disk that holds ${root} is full; free some space and run the command again.`
        : `Cannot write to ${root} (${error.code}); make the folder writable or copy it to one that is.`,
    );
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function stamp(file, content) {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  } catch (error) {
    giveUp(`Cannot write ${file} (${error.code}); free some space or make the folder writable.`);
  }
}

/** Exits with one sentence that says what to do. */
function giveUp(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}
