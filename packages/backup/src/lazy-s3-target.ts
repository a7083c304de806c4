import { s3Name } from './names.js';
import type { S3TargetOptions } from './s3-target.js';
import type { BackupTarget } from './target.js';

/** The SDK is large: it is loaded when a backup is copied, not by whoever only might. */
export function lazyS3Target(options: S3TargetOptions): BackupTarget {
  let loaded: Promise<BackupTarget> | undefined;
  const target = () => {
    loaded ??= import('./s3-target.js').then(({ makeS3Target }) => makeS3Target(options));
    return loaded;
  };
  return {
    name: s3Name(options),
    put: async (...put) => (await target()).put(...put),
    list: async (signal) => (await target()).list(signal),
    fetch: async (...fetch) => (await target()).fetch(...fetch),
    remove: async (...remove) => (await target()).remove(...remove),
  };
}
