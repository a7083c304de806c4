import { configExitCode, formatConfigProblems } from '@texas-ai/config';
import { TexasError } from '@texas-ai/kernel';
import { Command } from 'commander';
import { makeDeps } from './deps.js';
import type { KeyOptions } from './key.js';
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
  program
    .command('alert')
    .description('the ways to warn operators')
    .command('test')
    .description('send one message on every channel and print what each answered')
    .action(async () => {
      const { testAlerts } = await import('./alert.js');
      code = await testAlerts(makeDeps());
    });
  const key = program.command('key').description('the keys that clients ask with');
  key
    .command('create')
    .description('make a key and print it, this once')
    .argument('<name>', 'whose it is, 1 to 100 characters')
    .option('--scope <scopes>', 'read, generate or admin; several with commas', 'read')
    .option('--json', 'print one JSON document', false)
    .action(async (name: string, options: KeyOptions & { scope: string }) => {
      const { createApiKey } = await import('./key.js');
      code = await createApiKey(makeDeps(), name, options);
    });
  key
    .command('list')
    .description('print every key without its secret part, newest first')
    .option('--json', 'print one JSON document', false)
    .action(async (options: KeyOptions) => {
      const { listApiKeys } = await import('./key.js');
      code = await listApiKeys(makeDeps(), options);
    });
  key
    .command('revoke')
    .description('end a key; every api refuses it within seconds')
    .argument('<key>', 'its short part, texas_<short> or id')
    .option('--json', 'print one JSON document', false)
    .action(async (named: string, options: KeyOptions) => {
      const { revokeApiKey } = await import('./key.js');
      code = await revokeApiKey(makeDeps(), named, options);
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
