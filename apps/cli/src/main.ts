import { configExitCode, formatConfigProblems, secretsOf } from '@texas-ai/config';
import { explain, TexasError } from '@texas-ai/kernel';
import { makeRedactor } from '@texas-ai/logging';
import { Command } from 'commander';
import { type CliDeps, makeDeps } from './deps.js';
import { surviveClosedTerminal, terminal } from './output.js';

/** Redacts the secrets of the configuration once it is loaded. */
let redactor = makeRedactor([]);
let exitCode = 0;

surviveClosedTerminal();
try {
  await makeProgram().parseAsync(process.argv);
} catch (error) {
  const isConfig = error instanceof TexasError && error.code === 'config_invalid';
  terminal.progress(isConfig ? formatConfigProblems(error) : redactor.text(explain(error)));
  exitCode = isConfig ? configExitCode : 1;
}
process.exit(exitCode);

/** An action that loads the command's module only when it runs. The command returns the exit code. */
function run<Arguments extends unknown[]>(
  load: () => Promise<(deps: CliDeps, ...args: Arguments) => Promise<number>>,
): (...args: Arguments) => Promise<void> {
  return async (...args) => {
    const command = await load();
    const deps = makeDeps();
    redactor = makeRedactor(secretsOf(deps.config));
    exitCode = await command(deps, ...args);
  };
}

function makeProgram(): Command {
  const json = ['--json', 'print one JSON document', false] as const;
  const program = new Command('texas').description('Run and operate Texas AI.');
  program
    .command('start')
    .description('start everything, write a day for each character that has none, and print it')
    .option('--once', 'write and print one day, then stop', false)
    .option('--date <date>', 'local date, YYYY-MM-DD (default: the character’s today)')
    .option(
      '--character <id>',
      'one character (default: all; required with --once if there are several)',
    )
    .option('--json', 'with --once: print the day as one JSON document and nothing else', false)
    .action(run(async () => (await import('./start/index.js')).start));
  program
    .command('migrate')
    .description('migrate the database, under a lock')
    .action(run(async () => (await import('./migrate.js')).migrateDatabase));
  program
    .command('alert')
    .description('manage alert channels')
    .command('test')
    .description('send a test alert to every channel and print the responses')
    .action(run(async () => (await import('./alert.js')).testAlerts));

  const backup = program.command('backup').description('manage dumps of the database');
  backup
    .command('create')
    .description('create a backup now')
    .option(...json)
    .action(run(async () => (await import('./backup.js')).createBackup));
  backup
    .command('list')
    .description('list all backups, newest first')
    .option(...json)
    .action(run(async () => (await import('./backup.js')).listBackups));
  backup
    .command('verify')
    .description('restore the last backup into a scratch database and compare every table')
    .action(run(async () => (await import('./backup.js')).verifyLastBackup));
  backup
    .command('restore')
    .description('replace the database with a backup')
    .argument('<backup>', 'a file, a name from “backup list”, or latest')
    .option('--live', 'replace a database that is not empty, even while it is in use', false)
    .option('--unverified', 'accept a dump without a manifest', false)
    .option('--no-restore-point', 'do not back up the current database first')
    .option('--keep-old', 'keep the replaced database beside the new one', false)
    .option('--identity <file>', 'age identity of an encrypted dump')
    .action(run(async () => (await import('./restore.js')).restore));

  const key = program.command('key').description('manage API keys');
  key
    .command('create')
    .description('create a key and print it; it cannot be shown again')
    .argument('<name>', 'what the key is for, 1 to 100 characters')
    .option('--scope <scopes>', 'read, generate or admin; several separated by commas', 'read')
    .option(...json)
    .action(run(async () => (await import('./key.js')).createApiKey));
  key
    .command('list')
    .description('list all keys without their secret part, newest first')
    .option(...json)
    .action(run(async () => (await import('./key.js')).listApiKeys));
  key
    .command('revoke')
    .description('revoke a key; every API process rejects it within seconds')
    .argument('<key>', 'its short part, texas_<short> or id')
    .option(...json)
    .action(run(async () => (await import('./key.js')).revokeApiKey));

  program
    .command('prune')
    .description('remove data older than the ages in the section “retention”')
    .option('--dry-run', 'only print what would be removed', false)
    .option(...json)
    .action(run(async () => (await import('./prune.js')).pruneOldData));

  const character = program.command('character').description('export and import characters');
  character
    .command('export')
    .description('write a character’s whole life as JSON Lines')
    .argument('<id>', 'the character')
    .option('--output <file>', 'output file (default: stdout)')
    .action(run(async () => (await import('./character/export.js')).exportCharacterTo));
  character
    .command('import')
    .description('import a life that “character export” wrote')
    .argument('<file>', 'the file, or - for stdin')
    .option('--as <id>', 'import it as another character, with new ids')
    .action(run(async () => (await import('./character/import.js')).importCharacterFrom));
  return program;
}
