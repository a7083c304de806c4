import type { Manifest } from './manifest.js';

/** A place beside the first folder that keeps copies of backups. */
export interface BackupTarget {
  /** Says where it is, without secrets. */
  readonly name: string;
  /**
   * Copies a dump and then its manifest. Rejects with `backup_target_unavailable`, like all that
   * follow.
   */
  put(file: string, manifestFile: string, signal: AbortSignal): Promise<void>;
  /** The whole backups that it holds, newest first. */
  list(signal?: AbortSignal): Promise<Manifest[]>;
  /**
   * Brings a dump, named as in its manifest, with its manifest into a folder; answers the dump's
   * file. Rejects with `backup_invalid` where what came is not what the manifest says.
   */
  fetch(name: string, folder: string, signal: AbortSignal): Promise<string>;
  /** Removes a backup by its dump's name; one that is not there is removed. */
  remove(name: string, signal?: AbortSignal): Promise<void>;
}

/** Newest first. */
export function newestFirst(manifests: readonly Manifest[]): Manifest[] {
  const moment = ({ createdAt }: Manifest) => Date.parse(createdAt);
  return [...manifests].sort((one, other) => moment(other) - moment(one));
}
