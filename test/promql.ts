import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findDebianProgram } from '@texas-ai/testing';

const run = promisify(execFile);

/** The path of promtool, which is in Debian's prometheus; root installs it if it is missing. */
export function findPromtool(): Promise<string | undefined> {
  return findDebianProgram({
    names: ['promtool'],
    package: 'prometheus',
    tests: 'Tests of the rules of Prometheus',
  });
}

/** Runs promtool. Rejects with its output if it fails. */
export async function check(promtool: string, ...args: string[]): Promise<string> {
  try {
    return (await run(promtool, args)).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`promtool ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

/** Everything but metric names: strings, labels in braces and lists, durations and numbers. */
const others = [
  /"(?:[^"\\]|\\.)*"/g,
  /\{[^}]*\}/g,
  /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g,
  /\[[^\]]*\]/g,
  /\boffset\s+\S+/g,
];
const words: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'bool']);

/** Returns the metric names in a PromQL expression. */
export function metricsAskedFor(expression: string): string[] {
  const bare = others.reduce((text, other) => text.replace(other, ' '), expression);
  const names = bare.match(/(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g) ?? [];
  return [...new Set(names)].filter((name) => !words.has(name));
}
