import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeText } from '@texas-ai/kernel';
import { LineCounter, parseDocument } from 'yaml';
import { systemCode } from './problems.js';

/** The text of a file, or why it could not be read. */
export type TextFile =
  | { readonly text: string }
  | { readonly missing: boolean; readonly problem: string };

/** Reads a file that people write. The problem begins with `name`. */
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

/** The content of a YAML file, or why it could not be read, one line per problem. */
export type YamlFile =
  | { readonly file: string; readonly content: unknown; readonly problems: readonly [] }
  | { readonly file: string; readonly missing: boolean; readonly problems: readonly string[] };

/** Reads `root/file`. Problems name `file`, which is written with forward slashes. */
export function readYamlFile(root: string, file: string): YamlFile {
  const read = readTextFile(join(root, file), file);
  if ('problem' in read) return { file, missing: read.missing, problems: [read.problem] };
  const lineCounter = new LineCounter();
  // Pretty errors would quote lines of the file, which may contain secrets.
  const document = parseDocument(read.text, { lineCounter, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const { line, col } = lineCounter.linePos(error.pos[0]);
      return `${file}:${line}:${col}: not valid YAML: ${withoutQuotation(error.message)}`;
    });
    return { file, missing: false, problems };
  }
  try {
    return { file, content: document.toJS(), problems: [] };
  } catch {
    return { file, missing: false, problems: [`${file}:1:1: not valid YAML: too many aliases`] };
  }
}

/** After a colon the parser quotes the text that it could not parse. */
function withoutQuotation(message: string): string {
  return message.replace(/: [\s\S]*$/, '');
}

/** The version in the package.json of the repository's root, for example `1.2.3`. */
export function productVersion(root: string): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  return manifest.version;
}
