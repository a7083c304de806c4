import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { type Copy, DockerfileParser, type From, type Instruction } from 'dockerfile-ast';

// Runs the steps of a Dockerfile in local folders: each stage is a folder that represents the root of its file system.
// RUN steps may only use relative paths.

export interface Stage {
  name: string;
  /** The base stage or image. */
  from: string;
  instructions: Instruction[];
}

export interface BuiltStage extends Stage {
  /** Represents `/`. */
  root: string;
  /** Absolute, inside the container. */
  workFolder: string;
  env: Record<string, string>;
  /** Commands of RUN that were skipped, because they change the system. */
  skipped: string[];
}

export interface BuildOptions {
  dockerfile: string;
  /** The build context, filtered by its .dockerignore. */
  context: string;
  /** Contains the folders of the stages. */
  folder: string;
  /** Programs whose RUN steps are skipped. */
  skip: readonly string[];
  /** Additional variables for RUN steps, for example proxies. */
  env: Readonly<Record<string, string | undefined>>;
}

/** The stages in order. */
export function stagesOf(dockerfile: string): Stage[] {
  const stages: Stage[] = [];
  for (const instruction of DockerfileParser.parse(dockerfile).getInstructions()) {
    if (instruction.getKeyword() !== 'FROM') {
      stages.at(-1)?.instructions.push(instruction);
      continue;
    }
    const from = instruction as From;
    const name = from.getBuildStage() ?? `stage ${stages.length}`;
    stages.push({ name, from: from.getImage() ?? '', instructions: [] });
  }
  return stages;
}

/** Runs all stages and returns them by name. Throws the output of a RUN step that fails. */
export function build(options: BuildOptions): Map<string, BuiltStage> {
  const built = new Map<string, BuiltStage>();
  for (const stage of stagesOf(options.dockerfile)) {
    const parent = built.get(stage.from);
    const made: BuiltStage = {
      ...stage,
      root: join(options.folder, stage.name),
      workFolder: parent?.workFolder ?? '/',
      env: { ...parent?.env },
      skipped: [...(parent?.skipped ?? [])],
    };
    mkdirSync(made.root, { recursive: true });
    if (parent) copyInto(parent.root, made.root);
    for (const instruction of stage.instructions) carryOut(instruction, made, built, options);
    built.set(stage.name, made);
  }
  return built;
}

/** The values of ENV and LABEL, and of ARG if there is a default. */
export function propertiesOf(instruction: Instruction): Record<string, string> {
  const words = instruction.getArguments().map((argument) => argument.getValue());
  const pairs = words.map((word) => {
    const [name = '', ...value] = word.split('=');
    return [name, value.join('=').replace(/^"(.*)"$/, '$1')] as const;
  });
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
}

/** The arguments of an instruction in JSON form. */
export function execForm(instruction: Instruction): string[] {
  return JSON.parse(/\[.*\]$/s.exec(instruction.getRawArgumentsContent() ?? '')?.[0] ?? 'null');
}

function carryOut(
  instruction: Instruction,
  stage: BuiltStage,
  built: ReadonlyMap<string, BuiltStage>,
  options: BuildOptions,
): void {
  switch (instruction.getKeyword()) {
    case 'WORKDIR':
      stage.workFolder = instruction.getArguments()[0]?.getValue() ?? '/';
      mkdirSync(inside(stage, '.'), { recursive: true });
      break;
    case 'ENV':
      Object.assign(stage.env, propertiesOf(instruction));
      break;
    case 'COPY':
      copy(instruction as Copy, stage, built, options);
      break;
    case 'RUN':
      run(instruction, stage, options);
      break;
    case 'ARG':
    case 'CMD':
    case 'EXPOSE':
    case 'HEALTHCHECK':
    case 'LABEL':
    case 'STOPSIGNAL':
    case 'USER':
      break;
    default:
      throw new Error(`It is not known how to carry out ${instruction.getKeyword()}.`);
  }
}

function run(instruction: Instruction, stage: BuiltStage, options: BuildOptions): void {
  const command = (instruction.getRawArgumentsContent() ?? '').replace(
    /^(--\S+\s+(\\\n\s*)?)*/,
    '',
  );
  const program = command.split(/\s/)[0] ?? '';
  if (options.skip.includes(program)) {
    stage.skipped.push(program);
    return;
  }
  if (/(^|[\s'"=])\/\w/.test(command)) throw new Error(`Absolute path in RUN ${command}`);
  const programs = join(stage.root, 'usr/local/bin');
  const { PATH = '', ...env } = { ...options.env, ...stage.env };
  try {
    execFileSync('sh', ['-u', '-c', command], {
      cwd: inside(stage, '.'),
      env: {
        ...env,
        PATH: `${programs}:${PATH}`,
        // The image's global packages.
        npm_config_prefix: join(stage.root, 'usr/local'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
  } catch (failure) {
    const { stdout = '', stderr = '' } = failure as { stdout?: string; stderr?: string };
    throw new Error(`RUN ${command}\n${stdout}${stderr}`, { cause: failure });
  }
}

function copy(
  instruction: Copy,
  stage: BuiltStage,
  built: ReadonlyMap<string, BuiltStage>,
  options: BuildOptions,
): void {
  const words = instruction.getArguments().map((argument) => argument.getValue());
  const destination = words.pop() ?? '.';
  const target = inside(stage, destination);
  const from = instruction.getFromFlag()?.getValue();
  for (const source of words) {
    if (from != null) {
      const origin = built.get(from);
      if (!origin) throw new Error(`There is no stage ${from}.`);
      copyInto(join(origin.root, source), target);
      continue;
    }
    const files = filesOfContext(options.context).filter(
      (file) => source === '.' || file === source || file.startsWith(`${source}/`),
    );
    if (files.length === 0) throw new Error(`The context has no ${source}.`);
    for (const file of files) {
      // Of a folder its contents are copied; a single file goes into the destination folder.
      const path =
        file === source ? basename(file) : file.slice(source === '.' ? 0 : source.length);
      mkdirSync(dirname(join(target, path)), { recursive: true });
      copyFileSync(join(options.context, file), join(target, path));
    }
  }
}

/** The local path of a container path, which is absolute or relative to the working directory. */
function inside({ root, workFolder }: BuiltStage, path: string): string {
  return join(root, path.startsWith('/') ? path : join(workFolder, path));
}

function copyInto(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  execFileSync('cp', ['-a', `${source}/.`, target]);
}

/** The files that .dockerignore leaves. Ignored folders are not searched. */
export function filesOfContext(context: string): string[] {
  const takes = dockerignoreOf(context);
  const below = (folder: string): string[] =>
    readdirSync(join(context, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (takes(path)) return [];
      return entry.isDirectory() ? below(path) : [path];
    });
  return below('');
}

/** Returns true if .dockerignore excludes the path. */
export function dockerignoreOf(context: string): (path: string) => boolean {
  const lines = readFileSync(join(context, '.dockerignore'), 'utf8').split('\n');
  const ignore = dockerignore.default().add(lines);
  return (path) => ignore.ignores(path);
}
