import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { circumstances } from '../test/example-report.js';
import { measurements } from './registry.js';

const document = fileURLToPath(new URL('../../../docs/performance.md', import.meta.url));
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** The built command, as `npm run bench` runs it. */
function bench(...args: readonly string[]) {
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr });
    });
  });
}

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'texas-bench-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('lists every measurement in its help', async () => {
    const { code, stdout } = await bench('--help');
    expect(code).toBe(0);
    for (const { id, title } of measurements) {
      expect(stdout).toMatch(new RegExp(`^ {2}${id} +${title}$`, 'm'));
    }
    expect(stdout).toContain('--json FILE');
  });

  it.each([
    [['--only', 'nothing'], 'There is no measurement “nothing”; choose from throughput, '],
    [['--fast'], "Unknown option '--fast'."],
    [['--json', '/no/such/folder/a.json'], 'cannot be written'],
    [['--document', '/no/such/file.json'], 'cannot be read'],
  ])('ends with 2 and a sentence for %j', async (args, said) => {
    const { code, stdout, stderr } = await bench(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('exits with 1 if a report lacks figures, and leaves the document unchanged', async () => {
    const file = join(folder, 'part.json');
    writeFileSync(
      file,
      JSON.stringify({ form: 1, ...circumstances, figures: [], measurements: [] }),
    );
    const before = readFileSync(document, 'utf8');
    const { code, stderr } = await bench('--document', file);
    expect(readFileSync(document, 'utf8')).toBe(before);
    expect(code).toBe(1);
    expect(stderr).toContain('The figures lack ');
  });
});

describe('the registry', () => {
  it('has a unique id for each measurement', () => {
    const ids = measurements.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][a-z-]*$/);
  });
});
