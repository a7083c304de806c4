import type { Manifest } from '../files/manifest.js';

/** A place that keeps copies of backups, beside the folder that they are written to. */
export interface BackupTarget {
  /** Its location, without secrets. */
  readonly name: string;
  /** Copies a dump, then its manifest. Rejects with `backup_target_unavailable`, like all other methods. */
  upload(file: string, manifestFile: string, signal: AbortSignal): Promise<void>;
  /** Returns its complete backups, newest first. */
  list(signal?: AbortSignal): Promise<Manifest[]>;
  /**
   * Downloads a dump by its file name, with its manifest, into a folder; returns the dump's path. Rejects with
   * `backup_invalid` if the dump does not match the manifest.
   */
  download(name: string, folder: string, signal: AbortSignal): Promise<string>;
  /** Removes a backup by its dump's file name, if it exists. */
  remove(name: string, signal?: AbortSignal): Promise<void>;
}

export function sortNewestFirst<T extends Pick<Manifest, 'createdAt'>>(
  manifests: readonly T[],
): T[] {
  const time = ({ createdAt }: T) => Date.parse(createdAt);
  return [...manifests].sort((one, other) => time(other) - time(one));
}
