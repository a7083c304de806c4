import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Temporal, TexasError } from '@texas-ai/kernel';
import type { TableFingerprint } from './fingerprint.js';
import { isDumpName } from './names.js';
import type { NotOurs } from './not-ours.js';

/** `restore-point`: made just before something is replaced, so that it can be undone. */
export const backupKinds = ['scheduled', 'requested', 'restore-point'] as const;

export type BackupKind = (typeof backupKinds)[number];

/** What is known of a dump, in a file beside it. A dump without it is no backup. */
export interface Manifest {
  version: 1;
  application: 'texas-ai';
  id: string;
  kind: BackupKind;
  /** The dump's file name, without a folder. */
  file: string;
  /** Bytes of the file. */
  size: number;
  /** SHA-256 of the file, as it is on the disk, in hex. */
  sha256: string;
  encrypted: boolean;
  /** The instant that the backup shows, ISO 8601 in UTC. */
  createdAt: string;
  /** The PostgreSQL server's version. */
  serverVersion: string;
  /** That of pg_dump. */
  dumpVersion: string;
  /** Names of the migrations applied. */
  migrations: string[];
  tables: TableFingerprint[];
  /** Other objects of the database, which are not in the dump; unknown for dumps of earlier releases. */
  leftOut?: LeftOut[];
}

export type LeftOut = Pick<NotOurs, 'classId' | 'objectId' | 'description'>;

/** Reads and checks a manifest; rejects with `backup_invalid`, also where there is none. */
export async function readManifest(file: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const words = `${basename(file)} cannot be read: a dump without its manifest is no backup.`;
    throw new TexasError('backup_invalid', words, { cause });
  }
  return parseManifest(text, basename(file));
}

/** Checks a manifest's text; throws `backup_invalid` that names the field at fault. */
export function parseManifest(text: string, name: string): Manifest {
  const parsed = parseJson(text);
  const fault = Object.entries(fields).find(([field, isFine]) => !isFine(parsed[field]))?.[0];
  if (fault === undefined) return parsed as unknown as Manifest;
  throw new TexasError('backup_invalid', `${name} is no manifest of a backup: ${fault} is wrong.`, {
    details: { field: fault },
  });
}

const fields: Record<keyof Manifest, (value: unknown) => boolean> = {
  version: (value) => value === 1,
  application: (value) => value === 'texas-ai',
  id: (value) => isText(value) && value !== '',
  kind: (value) => backupKinds.some((kind) => kind === value),
  file: (value) => isText(value) && isDumpName(value),
  size: isCount,
  sha256: (value) => isText(value) && /^[0-9a-f]{64}$/.test(value),
  encrypted: (value) => typeof value === 'boolean',
  createdAt: (value) => isText(value) && isInstant(value),
  serverVersion: isText,
  dumpVersion: isText,
  migrations: (value) => Array.isArray(value) && value.every(isText),
  tables: (value) => Array.isArray(value) && value.every(isFingerprint),
  leftOut: (value) => value === undefined || (Array.isArray(value) && value.every(isLeftOut)),
};

function parseJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isFingerprint(value: unknown): boolean {
  return (
    isRecord(value) &&
    isText(value.name) &&
    isCount(value.rows) &&
    isText(value.checksum) &&
    /^-?\d+$/.test(value.checksum)
  );
}

function isLeftOut(value: unknown): boolean {
  return (
    isRecord(value) &&
    isCount(value.classId) &&
    isCount(value.objectId) &&
    isText(value.description)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isInstant(value: string): boolean {
  try {
    return Boolean(Temporal.Instant.from(value));
  } catch {
    return false;
  }
}
