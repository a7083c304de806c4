import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { stagesOf } from './container-build.js';
import { root } from './product.js';

// Configuration for GitHub: workflows, dependency updates, release notes.

const run = promisify(execFile);
const github = join(root, '.github');
const files = readdirSync(join(github, 'workflows')).map((name) => `workflows/${name}`);
const textOf = (file: string) => readFileSync(join(github, file), 'utf8');
const dockerfile = readFileSync(join(root, 'docker/Dockerfile'), 'utf8');

interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

interface Job {
  permissions?: Record<string, string>;
  steps?: { run?: string; with?: Record<string, unknown> }[];
  strategy?: { matrix: Record<string, unknown[]> };
  uses?: string;
  'timeout-minutes'?: number;
}

const workflowOf = (file: string): Workflow => parse(textOf(file));
const jobsOf = (file: string) => Object.entries(workflowOf(file).jobs);

/** The diagnostics of GitHub's language service. */
async function faultsOf(path: string): Promise<string[]> {
  const { stdout } = await run(process.execPath, [join(root, 'test/check-workflow.mjs'), path]);
  return JSON.parse(stdout);
}

describe.each(files)('%s', (file) => {
  test('is valid for GitHub', async () => {
    expect(await faultsOf(join(github, file))).toEqual([]);
  });

  test('pins third-party actions to a commit, with the version in a comment', () => {
    const used = [...textOf(file).matchAll(/uses: (.+)$/gm)].map(([, action = '']) => action);
    const others = used.filter((action) => !action.startsWith('./'));
    for (const action of others) {
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
    for (const action of used.filter((each) => each.startsWith('./'))) {
      expect(existsSync(join(root, action))).toBe(true);
    }
  });

  test('has read-only default permissions and a timeout for each job', () => {
    const { permissions = { all: 'write' } } = workflowOf(file);
    expect(Object.values(permissions).filter((access) => access !== 'read')).toEqual([]);
    for (const [name, { uses, 'timeout-minutes': minutes }] of jobsOf(file)) {
      expect([name, uses !== undefined || Number(minutes) > 0]).toEqual([name, true]);
    }
  });

  test('has valid shell commands', () => {
    const commands = jobsOf(file).flatMap(([, { steps = [] }]) =>
      steps.flatMap((step) => step.run ?? []),
    );
    for (const command of commands) {
      execFileSync('bash', ['-n', '-c', command]);
      // An expression in a command could inject code; one in a variable cannot.
      expect(command).not.toContain('$' + '{{');
    }
  });
});

test('an invalid workflow is detected', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'texas-workflows-'));
  const wrong = textOf('workflows/release.yml')
    .replace('needs: image', 'needs: pictures')
    .replace('steps.build.', 'steps.built.');
  try {
    mkdirSync(join(folder, '.github/workflows'), { recursive: true });
    writeFileSync(join(folder, '.github/workflows/wrong.yml'), wrong);
    expect(await faultsOf(join(folder, '.github/workflows/wrong.yml'))).toEqual(
      expect.arrayContaining([
        expect.stringContaining('built'),
        expect.stringContaining('unknown job'),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the tests run on the oldest supported Node.js and on that of the images', () => {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { test } = workflowOf('workflows/ci.yml').jobs;
  const versions = test?.strategy?.matrix.node ?? [];
  expect(versions).toContain(Number(engines.node.replace('>=', '')));
  expect(versions).toContain(Number(/^ARG NODE_VERSION=(\d+)$/m.exec(dockerfile)?.[1]));
});

test('a release publishes the images of the Dockerfile with provenance', () => {
  const { image } = workflowOf('workflows/release.yml').jobs;
  const stages = stagesOf(dockerfile).map(({ name }) => name);
  const targets = image?.strategy?.matrix.target ?? [];
  expect(stages.slice(-targets.length)).toEqual(targets);
  const built = image?.steps?.find((step) => step.with?.file === 'docker/Dockerfile')?.with;
  expect(built).toMatchObject({ push: true, provenance: 'mode=max', sbom: true });
  expect(image?.permissions).toEqual({
    contents: 'read',
    packages: 'write',
    'id-token': 'write',
    attestations: 'write',
    'artifact-metadata': 'write',
  });
});

test('updates are checked for all versioned dependencies', () => {
  const { version, updates } = parse(textOf('dependabot.yml'));
  expect(version).toBe(2);
  const looked = updates.map((each: { 'package-ecosystem': string; directory: string }) => [
    each['package-ecosystem'],
    each.directory,
  ]);
  expect(looked).toEqual([
    ['npm', '/'],
    ['github-actions', '/'],
    ['docker', '/docker'],
    ['docker-compose', '/docker'],
  ]);
  for (const { directory, schedule } of updates) {
    expect(existsSync(join(root, directory))).toBe(true);
    expect(schedule.interval).toBe('weekly');
  }
});

test('release notes omit only what is configured', () => {
  const { changelog } = parse(textOf('release.yml'));
  expect(changelog.categories.at(-1).labels).toEqual(['*']);
  expect(changelog.exclude.labels).toEqual(['skip-notes']);
});
