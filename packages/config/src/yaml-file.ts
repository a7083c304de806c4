import { join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { readTextFile } from './text-file.js';

/** What a YAML file holds, or why it could not be read: one line for each problem. */
export type YamlFile =
  | { readonly file: string; readonly content: unknown; readonly problems: readonly [] }
  | { readonly file: string; readonly missing: boolean; readonly problems: readonly string[] };

/** Reads `root/file`, where `file` is written with forward slashes, as problems name it. */
export function readYamlFile(root: string, file: string): YamlFile {
  const read = readTextFile(join(root, file), file);
  if ('problem' in read) return { file, missing: read.missing, problems: [read.problem] };
  const lineCounter = new LineCounter();
  // Without pretty errors a message quotes no line of the file, which may hold a secret.
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

/** The parser quotes the text it tripped over after a colon. */
function withoutQuotation(message: string): string {
  return message.replace(/: [\s\S]*$/, '');
}
