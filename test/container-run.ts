import { type ChildProcess, execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  type Dirent,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { processEnvironment } from '@texas-ai/config';
import { testServices } from '@texas-ai/testing';
import { type BuiltStage, build, execForm } from './container-build.js';
import { type Compose, type Service, serviceOf } from './container-compose.js';
import { root } from './product.js';

// The images of the Dockerfile in folders, and the services of the compose file run in them, by a user without write
// access.

const run = promisify(execFile);

/** `nobody`; without root, the current user. */
const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

export interface Images {
  /** A stage of the Dockerfile. */
  stage(name: string): BuiltStage;
  /** The file of a mounted secret. */
  secret(name: string): string;
  /** Represents /data. */
  data: string;
  /** The variables of a service from image and compose file, with local folders. */
  environmentOf(service: string): Record<string, string>;
  /** The health check of a service. */
  healthcheckOf(service: string): string[];
  /** Starts the command of a service, or of its image. */
  start(service: string, env: Record<string, string>): ChildProcess;
  /** Runs it to its end, optionally with another command; rejects unless it exits with 0. */
  run(service: string, env: Record<string, string>, words?: string[]): Promise<{ stdout: string }>;
  remove(): void;
}

/** Runs the Dockerfile, which may take some seconds, and creates the mounts of the services. */
export async function makeImages(compose: Compose): Promise<Images> {
  const folder = mkdtempSync(join(tmpdir(), 'texas-images-'));
  chmodSync(folder, 0o755);
  const stages = carryOutDockerfile(folder);
  const stage = (name: string) => {
    const found = stages.get(name);
    if (!found) throw new Error(`There is no stage ${name}.`);
    return found;
  };
  const targets = Object.values(compose.services).flatMap(({ build }) => build?.target ?? []);
  for (const target of targets) setWritable(stage(target).root, false);
  await mountSecrets(folder);
  makeData(folder);

  const imageOf = (service: string) => stage(serviceOf(compose, service).build?.target ?? '');
  const place = (service: string, words?: string[]) => {
    const image = imageOf(service);
    const [program, ...args] =
      words ?? serviceOf(compose, service).command ?? wordsOf(image, 'CMD');
    if (program !== 'node') throw new Error(`It is not known how to run ${program}.`);
    const options = { cwd: join(image.root, image.workFolder), ...account };
    return { file: process.execPath, args, options };
  };
  return {
    stage,
    secret: (name) => join(folder, 'run/secrets', name),
    data: join(folder, 'data'),
    environmentOf(service) {
      const environment = { ...imageOf(service).env, ...serviceOf(compose, service).environment };
      return moved(folder, environment);
    },
    healthcheckOf: (service) => wordsOf(imageOf(service), 'HEALTHCHECK'),
    start(service, env) {
      const { file, args, options } = place(service);
      return spawn(file, args, { ...options, env, stdio: ['ignore', 'ignore', 'inherit'] });
    },
    run(service, env, words) {
      const { file, args, options } = place(service, words);
      return run(file, args, { ...options, env });
    },
    remove() {
      for (const target of targets) setWritable(stage(target).root, true);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** All files in a folder, recursively; links are not followed. */
export function entriesBelow(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry, ...entriesBelow(join(folder, entry.name))] : [entry],
  );
}

function carryOutDockerfile(folder: string): Map<string, BuiltStage> {
  const { NODE_ENV: _ofTheTests, PATH = '', ...env } = processEnvironment();
  // `npm test` puts programs of the checkout there.
  const path = PATH.split(delimiter).filter((each) => !each.startsWith(root));
  return build({
    dockerfile: readFileSync(join(root, 'docker/Dockerfile'), 'utf8'),
    context: root,
    folder: join(folder, 'stages'),
    skip: ['useradd', 'apt-get'],
    env: { ...env, PATH: path.join(delimiter), npm_config_prefer_offline: 'true' },
  });
}

function wordsOf(image: BuiltStage, keyword: string): string[] {
  const instruction = image.instructions.find((each) => each.getKeyword() === keyword);
  return instruction ? execForm(instruction) : [];
}

/** Replaces container paths by local ones. */
function moved(folder: string, environment: NonNullable<Service['environment']>) {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/^\/(data|run\/secrets)(?=$|\/)/, (path) => join(folder, path)),
    ]),
  );
}

/** Mounts secrets like a container engine: each file separately, with its permissions. */
async function mountSecrets(folder: string): Promise<void> {
  copyFileSync(join(root, 'docker/make-secrets.sh'), join(folder, 'make-secrets.sh'));
  await run('sh', [join(folder, 'make-secrets.sh')], { env: { PATH: processEnvironment().PATH } });
  const mounted = join(folder, 'run/secrets');
  mkdirSync(mounted, { recursive: true });
  for (const name of readdirSync(join(folder, 'secrets'))) {
    copyFileSync(join(folder, 'secrets', name), join(mounted, name));
  }
  // The server of the tests has a password already.
  const password = decodeURIComponent(new URL(testServices().databaseUrl).password);
  rmSync(join(mounted, 'postgres_password'));
  writeFileSync(join(mounted, 'postgres_password'), password, { mode: 0o444 });
}

/** Creates what the Dockerfile creates as root. */
function makeData(folder: string): void {
  for (const path of ['data', 'data/backups']) {
    mkdirSync(join(folder, path));
    if (account.uid !== undefined) chownSync(join(folder, path), account.uid, account.gid);
  }
}

/** Returns true if the owner can write anywhere in a folder; root's files belong to another user anyway. */
function setWritable(folder: string, writable: boolean): void {
  if (account.uid !== undefined) return;
  const folders = entriesBelow(folder).filter((each) => each.isDirectory());
  for (const each of [folder, ...folders.map(({ parentPath, name }) => join(parentPath, name))]) {
    chmodSync(each, writable ? 0o755 : 0o555);
  }
}
