// `npm test`: type check, lint, dependency rules, unused code, then all tests with coverage.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();

const bin = (name) => join(root, 'node_modules/.bin', name);
const results = join(root, 'node_modules/.cache/jest-results.json');
const extra = process.argv.slice(2);

const checks = [
  ['type check', bin('tsc'), ['-p', '.']],
  ['lint', bin('biome'), ['ci', '--colors=off', '--error-on-warnings', '.']],
  [
    'dependency rules',
    bin('depcruise'),
    ['--config', '.dependency-cruiser.cjs', 'apps', 'packages'],
  ],
  ['unused code', bin('knip'), []],
];

// Two at a time: the machine may have two cores.
const failed = [];
const waiting = [...checks];
await Promise.all([next(), next()]);

rmSync(results, { force: true });
const jest = await run(process.execPath, [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  bin('../jest/bin/jest.js'),
  ...(extra.length > 0 ? extra : ['--coverage']),
  '--json',
  `--outputFile=${results}`,
]);
process.stderr.write(jest.output);
const { numPassedTests, numFailedTests, numFailedTestSuites } = readResults();
if (jest.code !== 0 && numFailedTests === 0) failed.push('coverage or set-up of the tests');

const passed = numPassedTests + checks.length - failed.filter((name) => isCheck(name)).length;
const failures = numFailedTests + failed.length + (numFailedTests === 0 ? numFailedTestSuites : 0);
for (const name of failed) process.stdout.write(`failed: ${name}\n`);
process.stdout.write(`${passed} passed, ${failures} failed\n`);
process.exitCode = failures === 0 && jest.code === 0 ? 0 : 1;

async function next() {
  for (let check = waiting.shift(); check; check = waiting.shift()) {
    const [name, command, args] = check;
    const began = Date.now();
    const { code, output } = await run(command, args);
    process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds(began)} s)\n`);
    if (code !== 0) {
      failed.push(name);
      process.stdout.write(output);
    }
  }
}

function run(command, args) {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString() }));
  });
}

function readResults() {
  try {
    return JSON.parse(readFileSync(results, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numFailedTestSuites: 1 };
  }
}

function isCheck(name) {
  return checks.some(([check]) => check === name);
}

function seconds(since) {
  return ((Date.now() - since) / 1000).toFixed(1);
}
