import { configExitCode, formatConfigProblems } from '@texas-ai/config';
import { TexasError } from '@texas-ai/kernel';
import { Command } from 'commander';
import { makeDeps } from './deps.js';
import { surviveClosedTerminal, terminal } from './output.js';
import type { StartOptions } from './start/options.js';

surviveClosedTerminal();
process.exit(await run(process.argv));

/** Runs one command; answers the exit code: 0 done, 1 failed, 78 for a configuration that is wrong. */
async function run(argv: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command('texas').description(
    'Texas AI: the life of a character, and its operation.',
  );
  program
    .command('start')
    .description('start everything, write the day of each character that has none, and show it')
    .option('--once', 'write and show one day, then stop', false)
    .option('--date <date>', 'the local date, YYYY-MM-DD; default: the character’s today')
    .option('--character <id>', 'whose day; default: everybody’s, with --once the only one’s')
    .option('--json', 'with --once: print the day as one JSON document and nothing else', false)
    .action(async (options: StartOptions) => {
      const { start } = await import('./start/index.js');
      code = await start(makeDeps(), options);
    });
  program
    .command('migrate')
    .description('bring the database up to date, under a lock')
    .action(async () => {
      const { migrateDatabase } = await import('./migrate.js');
      code = await migrateDatabase(makeDeps());
    });
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    terminal.progress(sentenceFor(error));
    return error instanceof TexasError && error.code === 'config_invalid' ? configExitCode : 1;
  }
}

function sentenceFor(error: unknown): string {
  if (!(error instanceof TexasError)) return `Something failed that should not: ${String(error)}`;
  return error.code === 'config_invalid' ? formatConfigProblems(error) : error.message;
}
