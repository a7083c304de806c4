import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Temporal, TexasError } from '@texas-ai/kernel';
import { z } from 'zod';
import { isDumpName } from './names.js';

// The files of a backup: a dump, and a manifest beside it that describes the dump.

/** `restore-point`: made just before a database is replaced, so that the restore can be undone. */
export const backupKinds = ['scheduled', 'requested', 'restore-point'] as const;

export type BackupKind = (typeof backupKinds)[number];

const count = z.int().nonnegative();

const tableFingerprintSchema = z.object({
  name: z.string(),
  rows: count,
  /** Sum of a 64-bit hash of each row, which does not depend on the order of the rows. */
  checksum: z.string().regex(/^-?\d+$/),
});

/** The contents of a table in a form that can be compared. */
export type TableFingerprint = z.infer<typeof tableFingerprintSchema>;

const manifestSchema = z.object({
  version: z.literal(1),
  application: z.literal('texas-ai'),
  id: z.string().min(1),
  kind: z.enum(backupKinds),
  /** The dump's file name, without a folder. */
  file: z.string().refine(isDumpName),
  /** Bytes of the file. */
  size: count,
  /** SHA-256 of the file as stored, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  encrypted: z.boolean(),
  /** The instant of the dumped snapshot, ISO 8601 in UTC. */
  createdAt: z.string().refine(isInstant),
  /** Versions of the PostgreSQL server and of pg_dump. */
  serverVersion: z.string(),
  dumpVersion: z.string(),
  /** Names of the applied migrations. */
  migrations: z.array(z.string()),
  tables: z.array(tableFingerprintSchema),
  /** Objects of the database that are not in the dump; earlier releases did not list them. */
  leftOut: z
    .array(z.object({ classId: count, objectId: count, description: z.string() }))
    .optional(),
});

/** The description of a dump, in a file beside it. A dump without a manifest does not count as a backup. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Reads and validates a manifest. Rejects with `backup_invalid`, also if the file is missing. */
export async function readManifest(file: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const message = `${basename(file)} cannot be read: a dump without its manifest is not a backup.`;
    throw new TexasError('backup_invalid', message, { cause });
  }
  return parseManifest(text, basename(file));
}

/** Validates a manifest's text. Throws `backup_invalid` with the invalid field in `details.field`. */
export function parseManifest(text: string, name: string): Manifest {
  const parsed = manifestSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const field = String(parsed.error.issues[0]?.path[0] ?? 'version');
  throw new TexasError(
    'backup_invalid',
    `${name} is not a valid backup manifest: its field ${field} is wrong.`,
    { details: { field } },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function isInstant(value: string): boolean {
  try {
    return Boolean(Temporal.Instant.from(value));
  } catch {
    return false;
  }
}
