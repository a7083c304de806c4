import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Temporal } from '@texas-ai/kernel';

// Whatever this package writes into a folder has a name of this form, and nothing else is touched.
const form = 'texas-\\d{8}T\\d{6}Z-[0-9a-z]{1,8}';
const dumpForm = new RegExp(`^${form}\\.dump(\\.age)?$`);
const manifestForm = new RegExp(`^${form}\\.json$`);
const temporaryForm = new RegExp(`^${form}\\.(dump(\\.age)?|json)\\.tmp$`);

/** `texas-20261130T023000Z-1f0c9a2b`: the moment in UTC and the end of the id, which may begin with a time. */
export function backupName(moment: Temporal.Instant, id: string): string {
  const time = moment.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '');
  const short = id
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
    .slice(-8);
  return `texas-${time}-${short}`;
}

/** Whether a file name, without a folder, is that of a dump of ours. */
export function isDumpName(name: string): boolean {
  return dumpForm.test(name);
}

export function isManifestName(name: string): boolean {
  return manifestForm.test(name);
}

/** The manifest's file beside a dump. */
export function manifestFileOf(dumpFile: string): string {
  return dumpFile.replace(/\.dump(\.age)?$/, '.json');
}

/**
 * Removes what a process that died left half written or half removed; only one backup may be under
 * way.
 */
export async function removeLeftovers(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const told = new Set(names.filter(isDumpName).map(manifestFileOf));
  const left = names.filter(
    (name) => temporaryForm.test(name) || (isManifestName(name) && !told.has(name)),
  );
  for (const name of left) await rm(join(folder, name), { force: true });
  return left;
}

/** Where the names of a bucket's objects begin, without slashes around it. */
export function prefixOf({ prefix }: { prefix: string }): string {
  return prefix.replace(/^\/+|\/+$/g, '');
}

/** How a bucket is called among the places that hold a backup. */
export function s3Name(place: { bucket: string; prefix: string }): string {
  return ['s3:/', place.bucket, prefixOf(place)].filter(Boolean).join('/');
}
