// `npm test`: type check, lint, dependency rules, unused code, then all tests; `--help` has its options.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, root, turboTask } from './prepare.mjs';
import { runBounded } from './run-bounded.mjs';

const usage = `npm test [-- [options] [paths]]

  paths        only the test files whose path contains one of them, for example packages/life
  --quick      only unit and storage tests, for use before a commit
  --coverage   measures coverage and checks its thresholds; always on for all tests in CI

The type check, lint, dependency rules and the search for unused code always come first; turbo skips
those that passed before on the same files.
`;
/** Ends a run that hangs, before the one-hour limit of continuous integration. */
const deadline = Date.now() + 45 * 60_000;
/** Tests that start whole apps or other processes. */
const processTests = ['test/', 'apps/', 'packages/(backup|local-services)/', '.*/pooler.test.ts'];

const { values, positionals: paths } = parseOptions();
if (values.help) {
  process.stdout.write(usage);
  process.exit();
}
prepare();

const checks = [
  ['type check', 'type-check'],
  ['lint', 'lint'],
  ['dependency rules', 'layering'],
  ['unused code', 'unused'],
];
const failed = [];
const waiting = [...checks];
// Two at a time, for machines with two cores.
await Promise.all([runChecks(), runChecks()]);

const results = join(root, 'node_modules/.cache/jest-results.json');
rmSync(results, { force: true });
const { code } = await runBounded(process.execPath, jestArguments(), {
  deadline,
  stdio: ['ignore', 'inherit', 'inherit'],
});
const tests = readResults();
if (code !== 0 && tests.failed === 0) failed.push('coverage or set-up of the tests');

for (const name of failed) process.stdout.write(`failed: ${name}\n`);
const failures = tests.failed + failed.length;
const failedChecks = checks.filter(([name]) => failed.includes(name)).length;
process.stdout.write(`${tests.passed + checks.length - failedChecks} passed, ${failures} failed\n`);
process.exitCode = failures === 0 && code === 0 ? 0 : 1;

function parseOptions() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean' },
        coverage: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exit(1);
  }
}

function jestArguments() {
  const all = paths.length === 0 && !values.quick;
  return [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    ...(values.quick
      ? ['--testPathIgnorePatterns', ...processTests.map((path) => `<rootDir>/${path}`)]
      : []),
    ...(values.coverage || (process.env.CI && all) ? ['--coverage'] : []),
    '--json',
    `--outputFile=${results}`,
    '--',
    ...paths,
  ];
}

async function runChecks() {
  for (let check = waiting.shift(); check; check = waiting.shift()) {
    const [name, task] = check;
    const began = Date.now();
    const { command, args, env } = turboTask(task);
    const { code, output } = await runBounded(command, args, { deadline, env });
    const seconds = Math.round((Date.now() - began) / 100) / 10;
    say(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
    if (code === 0) continue;
    failed.push(name);
    say(output.trimEnd());
  }
}

/** The numbers of tests; a file that could not be run counts as one failure. */
function readResults() {
  try {
    const report = JSON.parse(readFileSync(results, 'utf8'));
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
