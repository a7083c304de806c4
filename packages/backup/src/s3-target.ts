import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import type { Agent } from 'node:http';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { TexasError } from '@texas-ai/kernel';
import { checkBackup } from './check-backup.js';
import { renameDurably, writeWhole } from './files.js';
import { type Manifest, parseManifest } from './manifest.js';
import { isDumpName, isManifestName, manifestFileOf, prefixOf, s3Name } from './names.js';
import { type BackupTarget, newestFirst } from './target.js';

export interface S3TargetOptions {
  /** Of a store that is not Amazon's. */
  endpoint?: string | undefined;
  region: string;
  bucket: string;
  /** Where the names of its objects begin; with or without a slash at the end, empty for none. */
  prefix: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** The bucket in the path, not in the host name, as most stores want it. */
  forcePathStyle: boolean;
  /** Makes the connections, for example to a proxy; null or absent for the SDK's own. */
  agent?: Agent | null;
}

/** Bytes of one part at least; S3 takes 10,000 parts at most. */
const leastPart = 16 * 1024 * 1024;
const mostParts = 9000;
/** Parts under way at once, each of which is held in memory. */
const partsAtOnce = 2;
const tries = 3;
const connectTimeoutMs = 10_000;
/** How long a connection may be silent. */
const silenceMs = 60_000;

/** A bucket of Amazon S3 or of what speaks like it. */
export function makeS3Target(options: S3TargetOptions): BackupTarget {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey, forcePathStyle } = options;
  const { agent } = options;
  const prefix = prefixOf(options);
  const name = s3Name(options);
  const client = new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle,
    maxAttempts: tries,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      socketTimeout: silenceMs,
      ...(agent && { httpAgent: agent, httpsAgent: agent }),
    },
    // Stores that are not Amazon's often know no other checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const at = (file: string) => ({ Bucket: bucket, Key: prefix ? `${prefix}/${file}` : file });

  /** Bytes of each object by its name without the prefix. */
  async function sizes(abortSignal?: AbortSignal): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const { Key: Prefix } = at('');
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix, ContinuationToken }),
        { ...(abortSignal && { abortSignal }) },
      );
      for (const { Key, Size } of page.Contents ?? []) {
        if (Key !== undefined) found.set(Key.slice(Prefix.length), Size ?? 0);
      }
      ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (ContinuationToken !== undefined);
    return found;
  }

  async function readText(file: string, abortSignal?: AbortSignal): Promise<string> {
    const { Body } = await client.send(new GetObjectCommand(at(file)), {
      ...(abortSignal && { abortSignal }),
    });
    return (await Body?.transformToString()) ?? '';
  }

  /** Empty where somebody removed it meanwhile. */
  async function textIn(file: string, signal?: AbortSignal): Promise<string> {
    return readText(file, signal).catch((failure) => {
      if (failure instanceof NoSuchKey) return '';
      throw failure;
    });
  }

  async function upload(file: string, signal: AbortSignal): Promise<void> {
    const { size } = await stat(file);
    const body = createReadStream(file);
    const parts = new Upload({
      client,
      params: { ...at(basename(file)), Body: body },
      partSize: Math.max(leastPart, Math.ceil(size / mostParts)),
      queueSize: partsAtOnce,
    });
    const abort = () => void parts.abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      await parts.done();
    } finally {
      signal.removeEventListener('abort', abort);
      body.destroy();
    }
  }

  return {
    name,
    put: (file, manifestFile, signal) =>
      withTargetFailures(name, async () => {
        await upload(file, signal);
        const put = { ...at(basename(manifestFile)), Body: await readFile(manifestFile) };
        await client.send(new PutObjectCommand(put), { abortSignal: signal });
      }),
    list: (signal) =>
      withTargetFailures(name, async () => {
        const found = await sizes(signal);
        const manifests: Manifest[] = [];
        for (const file of found.keys()) {
          if (!isManifestName(file)) continue;
          const manifest = readable(await textIn(file, signal), file);
          // One that tells of another dump is a copy: counted twice, the dump would be removed as old.
          if (manifest === undefined || manifestFileOf(manifest.file) !== file) continue;
          if (found.get(manifest.file) === manifest.size) manifests.push(manifest);
        }
        return newestFirst(manifests);
      }),
    fetch: (dump, folder, signal) =>
      withTargetFailures(name, async () => {
        assertOurs(dump);
        const manifestFile = manifestFileOf(dump);
        const text = await readText(manifestFile, signal);
        const manifest = parseManifest(text, manifestFile);
        const part = join(folder, `${dump}.part`);
        try {
          const { Body } = await client.send(new GetObjectCommand(at(dump)), {
            abortSignal: signal,
          });
          const output = createWriteStream(part, { mode: 0o600, flush: true });
          await pipeline(Body as Readable, output, { signal });
          await checkBackup({ file: part, manifest, signal });
          await renameDurably(part, join(folder, dump));
        } finally {
          await rm(part, { force: true });
        }
        await writeWhole(join(folder, manifestFile), text);
        return join(folder, dump);
      }),
    remove: (dump, signal) =>
      withTargetFailures(name, async () => {
        assertOurs(dump);
        // A manifest without its dump counts for nothing; a dump without its manifest would stay.
        for (const file of [dump, manifestFileOf(dump)]) {
          await client.send(new DeleteObjectCommand(at(file)), {
            ...(signal && { abortSignal: signal }),
          });
        }
      }),
  };
}

function readable(text: string, name: string): Manifest | undefined {
  try {
    return parseManifest(text, name);
  } catch {
    return undefined;
  }
}

function assertOurs(dump: string): void {
  if (isDumpName(dump)) return;
  throw new TexasError('backup_invalid', 'This is not the name of a backup.');
}

/** What a store says may repeat keys and signatures: only its code and its status are told. */
async function withTargetFailures<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    if (failure instanceof TexasError) throw failure;
    const { reason, status } = reasonOf(failure);
    throw new TexasError('backup_target_unavailable', `${target} did not do it: ${reason}.`, {
      details: { target, reason, fix: targetFix, ...(status !== undefined && { status }) },
    });
  }
}

const targetFix =
  'Check the bucket and that the store can be reached from here (BACKUP_S3_ENDPOINT, proxies), and what its keys may do.';

function reasonOf(failure: unknown): { reason: string; status?: number | undefined } {
  if (!(failure instanceof Error)) return { reason: 'unknown' };
  const code = 'code' in failure && typeof failure.code === 'string' ? failure.code : undefined;
  const metadata = '$metadata' in failure ? failure.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? Number(metadata.httpStatusCode)
      : undefined;
  return { reason: code ?? failure.name, status };
}
