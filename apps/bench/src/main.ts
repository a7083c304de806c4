import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dropLibpqVariables } from '@texas-ai/config';
import { type Command, helpText, readArguments, UsageError } from './arguments.js';
import { fillDocument } from './document.js';
import { measure } from './measure.js';
import { measurements } from './registry.js';
import { readReport } from './report.js';
import { renderText } from './table.js';

// `npm run bench`: prints figures. A missed target is not a failure.

const root = fileURLToPath(new URL('../../..', import.meta.url));
const documentFile = join(root, 'docs/performance.md');

dropLibpqVariables();
try {
  const ids = measurements.map(({ id }) => id);
  process.exit(await carryOut(readArguments(process.argv.slice(2), ids)));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const isUsageError = error instanceof UsageError;
  process.stderr.write(`${message}${isUsageError ? ' See “npm run bench -- --help”.' : ''}\n`);
  process.exit(isUsageError ? 2 : 1);
}

/** Returns the exit code. */
async function carryOut(command: Command): Promise<number> {
  switch (command.kind) {
    case 'help':
      process.stdout.write(`${helpText(measurements)}\n`);
      return 0;
    case 'document': {
      const report = readReport(command.report);
      writeFileSync(documentFile, fillDocument(readFileSync(documentFile, 'utf8'), report));
      return 0;
    }
    case 'measure': {
      const { ids, json } = command;
      if (json !== null) assertWritable(json);
      const chosen = measurements.filter(({ id }) => ids.includes(id));
      const report = await measure(chosen, root);
      process.stdout.write(`${renderText(report)}\n`);
      if (json !== null) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
      return report.measurements.some(({ failure }) => failure !== null) ? 1 : 0;
    }
  }
}

/** Fails now rather than after several minutes. */
function assertWritable(file: string): void {
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch {
    throw new UsageError(`${file} cannot be written: its folder is missing or read-only.`);
  }
}
