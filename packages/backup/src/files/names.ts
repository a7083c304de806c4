import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Temporal } from '@texas-ai/kernel';

// Every file that this package writes into a folder or bucket has such a name; no other file is ever touched.
const stem = 'texas-\\d{8}T\\d{6}Z-[0-9a-z]{1,8}';
const dumpName = new RegExp(`^${stem}\\.dump(\\.age)?$`);
const manifestName = new RegExp(`^${stem}\\.json$`);
const temporaryName = new RegExp(`^${stem}\\.(dump(\\.age)?|json)\\.tmp$`);

/** `texas-20261130T023000Z-1f0c9a2b`: the instant in UTC and the end of the id, whose start may be a timestamp. */
export function backupName(instant: Temporal.Instant, id: string): string {
  const time = instant.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '');
  const short = id
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
    .slice(-8);
  return `texas-${time}-${short}`;
}

/** Whether a file name, without a folder, is that of a dump of ours. */
export function isDumpName(name: string): boolean {
  return dumpName.test(name);
}

export function isManifestName(name: string): boolean {
  return manifestName.test(name);
}

/** The manifest's file beside a dump. */
export function manifestFileOf(dumpFile: string): string {
  return dumpFile.replace(/\.dump(\.age)?$/, '.json');
}

/** Removes the partial files of crashed backups; must not run while a backup is being written. */
export async function removeLeftovers(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const withDump = new Set(names.filter(isDumpName).map(manifestFileOf));
  const leftovers = names.filter(
    (name) => temporaryName.test(name) || (isManifestName(name) && !withDump.has(name)),
  );
  for (const name of leftovers) await rm(join(folder, name), { force: true });
  return leftovers;
}

/** The prefix of object names in a bucket, without slashes at its ends. */
export function trimmedPrefix({ prefix }: { prefix: string }): string {
  return prefix.replace(/^\/+|\/+$/g, '');
}

/** The name of a bucket in the list of places that hold a backup. */
export function s3PlaceName(place: { bucket: string; prefix: string }): string {
  return ['s3:/', place.bucket, trimmedPrefix(place)].filter(Boolean).join('/');
}
