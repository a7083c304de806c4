import { readFileSync } from 'node:fs';
import type { Agent } from 'node:http';
import { delimiter } from 'node:path';
import { s3PlaceName } from './files/names.js';
import type { S3TargetOptions } from './places/s3-target.js';
import type { BackupTarget } from './places/target.js';
import type { RunBackupDeps } from './run-backup.js';

/** The operator's settings for backups. */
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

type BackupDeps = Pick<
  RunBackupDeps,
  'folder' | 'targets' | 'clientFolders' | 'recipient' | 'retention' | 'timeoutMs'
> & { identity: string | null };

/**
 * Turns settings into dependencies. `path` is the PATH variable, if set; `agent` connects to S3, for example through
 * a proxy. An identity file that cannot be read counts as no identity.
 */
export function backupDepsFrom(
  settings: BackupSettings,
  timeZone: string,
  path: string | undefined,
  agent: Agent | null = null,
): BackupDeps {
  const { retentionDays: daily, retentionWeeks: weekly, retentionMonths: monthly, s3 } = settings;
  const s3Options = s3 && {
    ...s3,
    endpoint: s3.endpoint ?? undefined,
    forcePathStyle: s3.pathStyle,
    agent,
  };
  return {
    folder: settings.dir,
    targets: s3Options ? [lazyS3Target(s3Options)] : [],
    clientFolders: [...settings.clientFolders, ...(path ?? '').split(delimiter).filter(Boolean)],
    recipient: settings.ageRecipient,
    identity: settings.ageIdentityFile === null ? null : readIdentity(settings.ageIdentityFile),
    retention: { daily, weekly, monthly, timeZone },
    timeoutMs: settings.timeoutMinutes * 60_000,
  };
}

/** Loads the SDK, which is large, only when a backup is copied. */
function lazyS3Target(options: S3TargetOptions): BackupTarget {
  let loaded: Promise<BackupTarget> | undefined;
  const target = () => {
    loaded ??= import('./places/s3-target.js').then(({ makeS3Target }) => makeS3Target(options));
    return loaded;
  };
  return {
    name: s3PlaceName(options),
    upload: async (...upload) => (await target()).upload(...upload),
    list: async (signal) => (await target()).list(signal),
    download: async (...download) => (await target()).download(...download),
    remove: async (...remove) => (await target()).remove(...remove),
  };
}

/** Reads an age identity from its file, skipping comments; null if the file has none or cannot be read. */
export function readIdentity(file: string): string | null {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.map((line) => line.trim()).find((line) => /^AGE-SECRET-KEY-/i.test(line)) ?? null;
  } catch {
    return null;
  }
}
