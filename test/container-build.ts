import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { type Copy, DockerfileParser, type From, type Instruction } from 'dockerfile-ast';

// Carries out the steps of a Dockerfile in folders of this machine: each stage is a folder that
// stands for the root of its file system. RUN steps may name files by relative paths alone.

export interface Stage {
  name: string;
  /** The stage or the image that it goes on from. */
  from: string;
  instructions: Instruction[];
}

export interface BuiltStage extends Stage {
  /** Stands for `/`. */
  root: string;
  /** Absolute, inside the container. */
  workFolder: string;
  env: Record<string, string>;
  /** Commands of RUN that were not carried out, because they change the system. */
  skipped: string[];
}

export interface BuildOptions {
  dockerfile: string;
  /** The folder that COPY takes files from, as far as its .dockerignore lets it. */
  context: string;
  /** Where the folders of the stages are made. */
  folder: string;
  /** Programs whose RUN steps are left out. */
  skip: readonly string[];
  /** What RUN steps find besides the variables of their stage: the way to the network, for example. */
  env: Readonly<Record<string, string | undefined>>;
}

/** The stages in their order. */
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

/** Carries out all stages; answers them by name. Throws what a RUN step said when it fails. */
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

/** The values of ENV, ARG and LABEL; those of ARG where a default is given. */
export function propertiesOf(instruction: Instruction): Record<string, string> {
  const words = instruction.getArguments().map((argument) => argument.getValue());
  const pairs = words.map((word) => {
    const [name = '', ...value] = word.split('=');
    return [name, value.join('=').replace(/^"(.*)"$/, '$1')] as const;
  });
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
}

/** The words of an instruction in its JSON form. */
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
  if (/(^|[\s'"=])\/\w/.test(command)) throw new Error(`Not of the stage alone: RUN ${command}`);
  const programs = join(stage.root, 'usr/local/bin');
  const { PATH = '', ...env } = { ...options.env, ...stage.env };
  try {
    execFileSync('sh', ['-u', '-c', command], {
      cwd: inside(stage, '.'),
      env: {
        ...env,
        PATH: `${programs}:${PATH}`,
        // Where the image has its global packages.
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
      // A folder's content is copied; a single file, into the folder that the destination names.
      const path =
        file === source ? basename(file) : file.slice(source === '.' ? 0 : source.length);
      mkdirSync(dirname(join(target, path)), { recursive: true });
      copyFileSync(join(options.context, file), join(target, path));
    }
  }
}

/** A path of the container, absolute or below its work folder, on this machine. */
function inside({ root, workFolder }: BuiltStage, path: string): string {
  return join(root, path.startsWith('/') ? path : join(workFolder, path));
}

function copyInto(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  execFileSync('cp', ['-a', `${source}/.`, target]);
}

/** What .dockerignore leaves. Below a folder that it takes nothing is looked at. */
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

/** Whether .dockerignore takes a path out of the context. */
export function dockerignoreOf(context: string): (path: string) => boolean {
  const lines = readFileSync(join(context, '.dockerignore'), 'utf8').split('\n');
  const ignore = dockerignore.default().add(lines);
  return (path) => ignore.ignores(path);
}
