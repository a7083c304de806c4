import { readFileSync } from 'node:fs';
import { decodeText } from '@texas-ai/kernel';
import { systemCode } from './problems.js';

/** What a text file holds, or in one line, which begins with the file's name, why it could not be read. */
export type TextFile =
  | { readonly text: string }
  | { readonly missing: boolean; readonly problem: string };

/** Reads a file that people write; problems call it `name`. */
export function readTextFile(path: string, name: string): TextFile {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (failure) {
    const code = systemCode(failure);
    return { missing: code === 'ENOENT', problem: `${name}: cannot be read (${code})` };
  }
  const decoded = decodeText(bytes);
  if ('text' in decoded) return decoded;
  const { line, column, problem } = decoded;
  return { missing: false, problem: `${name}:${line}:${column}: the file ${problem}` };
}
