import type { Contents } from './contents.js';
import { assertHoldings, fillDatabase, holdingsOf } from './fill-database.js';
import type { RestoreBackupOptions, Restored } from './restore-backup.js';

/** Restores the tables, and compares them with the manifest where there is one. */
export async function restoreAndCompare(
  { manifest, onProgress, signal, ...archive }: RestoreBackupOptions,
  contents: Contents,
  target: { databaseUrl: string; schema: string },
): Promise<Pick<Restored, 'migrations' | 'tables'>> {
  onProgress?.('restoring');
  await fillDatabase(archive, contents, target, signal);
  onProgress?.('comparing');
  const holdings = await holdingsOf(target.databaseUrl, signal, target.schema);
  if (manifest) assertHoldings(manifest, holdings.tables);
  return holdings;
}
