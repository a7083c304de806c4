import { readFileSync } from 'node:fs';
import type { Agent } from 'node:http';
import { delimiter } from 'node:path';
import { lazyS3Target } from './lazy-s3-target.js';
import type { MakeBackupDeps } from './make-backup.js';

/** What an operator decides of backups. */
export interface BackupSettings {
  dir: string;
  retentionDays: number;
  retentionWeeks: number;
  retentionMonths: number;
  timeoutMinutes: number;
  clientFolders: readonly string[];
  ageRecipient: string | null;
  ageIdentityFile: string | null;
  s3: {
    endpoint: string | null;
    region: string;
    bucket: string;
    prefix: string;
    accessKeyId: string;
    secretAccessKey: string;
    pathStyle: boolean;
  } | null;
}

type FromSettings = Pick<
  MakeBackupDeps,
  'folder' | 'targets' | 'clientFolders' | 'recipient' | 'keeping' | 'timeoutMs'
> & { identity: string | null };

/**
 * Where dumps go, how they are made and how long they are kept. `path` is PATH, or undefined where
 * there is none; copies to S3 go through `agent` where there is one; an identity's file that cannot be read counts as none.
 */
export function backupFrom(
  settings: BackupSettings,
  timeZone: string,
  path: string | undefined,
  agent: Agent | null = null,
): FromSettings {
  const { retentionDays: daily, retentionWeeks: weekly, retentionMonths: monthly, s3 } = settings;
  return {
    folder: settings.dir,
    targets:
      s3 === null
        ? []
        : [
            lazyS3Target({
              ...s3,
              endpoint: s3.endpoint ?? undefined,
              forcePathStyle: s3.pathStyle,
              agent,
            }),
          ],
    clientFolders: [...settings.clientFolders, ...(path ?? '').split(delimiter).filter(Boolean)],
    recipient: settings.ageRecipient,
    identity: settings.ageIdentityFile === null ? null : identityIn(settings.ageIdentityFile),
    keeping: { daily, weekly, monthly, timeZone },
    timeoutMs: settings.timeoutMinutes * 60_000,
  };
}

/** The age identity in a file, beside its comments; null where there is none or it cannot be read. */
export function identityIn(file: string): string | null {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.map((line) => line.trim()).find((line) => /^AGE-SECRET-KEY-/i.test(line)) ?? null;
  } catch {
    return null;
  }
}
