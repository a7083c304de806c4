// Brings a fresh checkout to where it can run: dependencies by the pinned pnpm, then the build.
// Uses nothing but Node, and does nothing where both are up to date. All it says goes to stderr.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const installStamp = join(root, 'node_modules/.cache/texas-installed');
const buildStamp = join(root, 'node_modules/.cache/texas-built');

/** Ends the process with one sentence that says what to do. */
export function giveUp(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

export function prepare() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    giveUp(`Texas AI needs Node.js 20 or later; this is ${process.version}. Install a newer one.`);
  }
  const wanted = installState();
  if (read(installStamp) !== wanted) {
    assertWritable();
    say('Installing dependencies (once)…');
    pnpm(
      ['install', '--frozen-lockfile', '--prefer-offline'],
      'Installing the dependencies failed',
    );
    stamp(installStamp, wanted);
  }
  const sources = buildState();
  if (read(buildStamp) !== sources || !isBuilt()) {
    assertWritable();
    say('Building…');
    pnpm(['exec', 'turbo', 'run', 'build', '--output-logs=errors-only'], 'The build failed');
    stamp(buildStamp, sources);
  }
}

/** Changes when the dependencies or what they are built for change. */
function installState() {
  const hash = createHash('sha256').update(`${process.versions.modules} ${process.arch}`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests()]) {
    hash.update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** Changes when a source file is added, removed or written. */
function buildState() {
  const hash = createHash('sha256').update(read(installStamp) ?? '');
  hash.update(readFileSync(join(root, '.swcrc')));
  for (const folder of members()) {
    for (const file of filesBelow(join(root, folder, 'src'))) {
      const { mtimeMs, size } = statSync(file);
      hash.update(`${file} ${mtimeMs} ${size}\n`);
    }
  }
  return hash.digest('hex');
}

function isBuilt() {
  return members().every((folder) =>
    ['index.js', 'main.js'].some((entry) => existsSync(join(root, folder, 'dist', entry))),
  );
}

function members() {
  return ['apps', 'packages'].flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => join(group, name))
      .filter((folder) => existsSync(join(root, folder, 'package.json')))
      .sort(),
  );
}

function manifests() {
  return members().map((folder) => join(folder, 'package.json'));
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

function pnpm(args, failure) {
  const command = [
    '--yes',
    manifest.packageManager,
    '--loglevel=info',
    '--config.confirmModulesPurge=false',
    ...args,
  ];
  const env = { ...process.env, HOME: writableHome(), TURBO_TELEMETRY_DISABLED: '1' };
  const { status, signal, stdout, stderr, error } = spawnSync('npx', command, {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0) return;
  if (signal) process.exit(130);
  const said = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`;
  process.stderr.write(`${said.trimEnd().split('\n').slice(-15).join('\n')}\n`);
  giveUp(`${failure}: ${reasonFor(said)}`);
}

function reasonFor(said) {
  if (/ENOSPC|no space left/i.test(said)) {
    return `the disk that holds ${root} is full; free some space and run the command again.`;
  }
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET/.test(said)) {
    return 'the npm registry cannot be reached; check the network and run the command again.';
  }
  if (/EACCES|EROFS|EPERM/.test(said)) {
    return `a folder cannot be written; make ${root} yours and writable and run the command again.`;
  }
  return 'the lines above say why; mend that and run the command again.';
}

/** npm and pnpm keep their caches below HOME; an account without one gets a place here. */
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

function say(line) {
  process.stderr.write(`${line}\n`);
}
