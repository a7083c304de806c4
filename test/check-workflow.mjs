// node test/check-workflow.mjs FILE: prints the diagnostics of GitHub's language service as JSON.
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';

// The service imports JSON without import attributes, which Node rejects.
const loader = `export const load = (url, context, next) =>
  next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context);`;
register(`data:text/javascript,${encodeURIComponent(loader)}`);
const { validate } = await import('@actions/languageservice');

const [, , file] = process.argv;
const text = readFileSync(file, 'utf8');
const found = await validate(TextDocument.create(pathToFileURL(file).href, 'yaml', 1, text));
const lines = found.map(({ message, range }) => `${range.start.line + 1}: ${message}`);
process.stdout.write(JSON.stringify(lines));
