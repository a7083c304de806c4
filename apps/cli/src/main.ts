import { configExitCode, formatConfigProblems, secretsOf } from '@texas-ai/config';
import { explain, TexasError } from '@texas-ai/kernel';
import { makeRedactor } from '@texas-ai/logging';
import { Command } from 'commander';
import type { BackupOptions } from './backup.js';
import { type CliDeps, makeDeps } from './deps.js';
import type { KeyOptions } from './key.js';
import { surviveClosedTerminal, terminal } from './output.js';
import type { PruneOptions } from './prune.js';
import type { RestoreOptions } from './restore.js';
import type { StartOptions } from './start/options.js';
import { stopSignal } from './stop-signal.js';

/** Knows the secrets of the configuration once that is loaded. */
let redactor = makeRedactor([]);

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
      code = await start(loadDeps(), options);
    });
  program
    .command('migrate')
    .description('bring the database up to date, under a lock')
    .action(async () => {
      const { migrateDatabase } = await import('./migrate.js');
      code = await migrateDatabase(loadDeps());
    });
  program
    .command('alert')
    .description('the ways to warn operators')
    .command('test')
    .description('send one message on every channel and print what each answered')
    .action(async () => {
      const { testAlerts } = await import('./alert.js');
      code = await testAlerts(loadDeps());
    });
  const backup = program.command('backup').description('dumps of the database');
  backup
    .command('create')
    .description('make one now')
    .option('--json', 'print one JSON document', false)
    .action(async (options: BackupOptions) => {
      const { createBackupNow } = await import('./backup.js');
      code = await createBackupNow(loadDeps(), options);
    });
  backup
    .command('list')
    .description('print every backup, newest first')
    .option('--json', 'print one JSON document', false)
    .action(async (options: BackupOptions) => {
      const { listBackups } = await import('./backup.js');
      code = await listBackups(loadDeps(), options);
    });
  backup
    .command('verify')
    .description('restore the last one into a scratch database and compare every table')
    .action(async () => {
      const { verifyLastBackup } = await import('./backup.js');
      code = await verifyLastBackup(loadDeps());
    });
  backup
    .command('restore')
    .description('put a backup in the place of the database')
    .argument('<backup>', 'a file, a name that “backup list” prints, or latest')
    .option('--live', 'replace a database that holds something, also while it is in use', false)
    .option('--unverified', 'take a dump whose manifest is lost', false)
    .option('--no-restore-point', 'do not back up what is replaced')
    .option('--keep-old', 'keep the replaced database beside the new one', false)
    .option('--identity <file>', 'the age identity of an encrypted dump')
    .action(async (named: string, options: RestoreOptions) => {
      const { restore } = await import('./restore.js');
      code = await restore(loadDeps(), named, options);
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
      code = await createApiKey(loadDeps(), name, options);
    });
  key
    .command('list')
    .description('print every key without its secret part, newest first')
    .option('--json', 'print one JSON document', false)
    .action(async (options: KeyOptions) => {
      const { listApiKeys } = await import('./key.js');
      code = await listApiKeys(loadDeps(), options);
    });
  key
    .command('revoke')
    .description('end a key; every api refuses it within seconds')
    .argument('<key>', 'its short part, texas_<short> or id')
    .option('--json', 'print one JSON document', false)
    .action(async (named: string, options: KeyOptions) => {
      const { revokeApiKey } = await import('./key.js');
      code = await revokeApiKey(loadDeps(), named, options);
    });
  program
    .command('prune')
    .description('remove what is older than the section “retention” keeps it')
    .option('--dry-run', 'only print what would go', false)
    .option('--json', 'print one JSON document', false)
    .action(async (options: PruneOptions) => {
      const { pruneOldData } = await import('./prune.js');
      code = await pruneOldData({ ...loadDeps(), signal: stopSignal() }, options);
    });
  const character = program.command('character').description('whole lives, as files');
  character
    .command('export')
    .description('write a character’s whole life as JSON Lines')
    .argument('<id>', 'whose')
    .option('--output <file>', 'where to; default: stdout')
    .action(async (id: string, options: { output?: string }) => {
      const { exportCharacterTo } = await import('./character/export.js');
      code = await exportCharacterTo({ ...loadDeps(), stdout: process.stdout }, id, options);
    });
  character
    .command('import')
    .description('take over a life that “character export” wrote')
    .argument('<file>', 'the file, - for stdin')
    .option('--as <id>', 'give it to another character, with new ids')
    .action(async (file: string, options: { as?: string }) => {
      const { importCharacterFrom } = await import('./character/import.js');
      code = await importCharacterFrom({ ...loadDeps(), stdin: process.stdin }, file, options);
    });
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    terminal.progress(sentenceFor(error));
    return error instanceof TexasError && error.code === 'config_invalid' ? configExitCode : 1;
  }
}

function loadDeps(): CliDeps {
  const deps = makeDeps();
  redactor = makeRedactor(secretsOf(deps.config));
  return deps;
}

function sentenceFor(error: unknown): string {
  const isConfig = error instanceof TexasError && error.code === 'config_invalid';
  return isConfig ? formatConfigProblems(error) : redactor.text(explain(error));
}
