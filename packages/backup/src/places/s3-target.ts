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
import { errorCode } from '../database/connection.js';
import { checkFile } from '../dump/check-dump.js';
import { renameDurably, writeDurably } from '../files/durable-files.js';
import { type Manifest, parseManifest } from '../files/manifest.js';
import {
  isDumpName,
  isManifestName,
  manifestFileOf,
  s3PlaceName,
  trimmedPrefix,
} from '../files/names.js';
import { type BackupTarget, sortNewestFirst } from './target.js';

export interface S3TargetOptions {
  /** URL of a store other than Amazon's. */
  endpoint?: string | undefined;
  region: string;
  bucket: string;
  /** Prefix of object names, with or without a trailing slash; empty for none. */
  prefix: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Whether the bucket is in the path instead of the host name, as most other stores require. */
  forcePathStyle: boolean;
  /** Makes the connections, for example through a proxy; by default the SDK's own agent. */
  agent?: Agent | null;
}

/** Min bytes of a part. S3 accepts at most 10,000 parts. */
const minPartBytes = 16 * 1024 * 1024;
const maxParts = 9000;
/** Each part that is being uploaded is held in memory. */
const concurrentParts = 2;
const maxAttempts = 3;
const connectTimeoutMs = 10_000;
/** Max time without data on a connection. */
const socketTimeoutMs = 60_000;

/** Keeps backups in a bucket of Amazon S3 or a compatible store. */
export function makeS3Target(options: S3TargetOptions): BackupTarget {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey, forcePathStyle } = options;
  const { agent } = options;
  const prefix = trimmedPrefix(options);
  const name = s3PlaceName(options);
  const client = new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle,
    maxAttempts,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      socketTimeout: socketTimeoutMs,
      ...(agent && { httpAgent: agent, httpsAgent: agent }),
    },
    // Other stores often do not support newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const at = (file: string) => ({ Bucket: bucket, Key: prefix ? `${prefix}/${file}` : file });

  /** Returns the size of each object by its name without the prefix. */
  async function listSizes(abortSignal?: AbortSignal): Promise<Map<string, number>> {
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

  /** Returns an empty string if the object has been removed since it was listed. */
  async function readTextIfExists(file: string, signal?: AbortSignal): Promise<string> {
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
      partSize: Math.max(minPartBytes, Math.ceil(size / maxParts)),
      queueSize: concurrentParts,
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
    upload: (file, manifestFile, signal) =>
      withTargetFailures(name, async () => {
        await upload(file, signal);
        const put = { ...at(basename(manifestFile)), Body: await readFile(manifestFile) };
        await client.send(new PutObjectCommand(put), { abortSignal: signal });
      }),
    list: (signal) =>
      withTargetFailures(name, async () => {
        const sizes = await listSizes(signal);
        const manifests: Manifest[] = [];
        for (const file of sizes.keys()) {
          if (!isManifestName(file)) continue;
          const manifest = tryParse(await readTextIfExists(file, signal), file);
          // A manifest under another name is a copy: counted twice, its dump would expire too early.
          if (manifest === undefined || manifestFileOf(manifest.file) !== file) continue;
          if (sizes.get(manifest.file) === manifest.size) manifests.push(manifest);
        }
        return sortNewestFirst(manifests);
      }),
    download: (dump, folder, signal) =>
      withTargetFailures(name, async () => {
        assertDumpName(dump);
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
          await checkFile({ file: part, manifest, signal });
          await renameDurably(part, join(folder, dump));
        } finally {
          await rm(part, { force: true });
        }
        await writeDurably(join(folder, manifestFile), text);
        return join(folder, dump);
      }),
    remove: (dump, signal) =>
      withTargetFailures(name, async () => {
        assertDumpName(dump);
        // The dump first: a manifest without a dump is ignored, but a dump without a manifest would stay.
        for (const file of [dump, manifestFileOf(dump)]) {
          await client.send(new DeleteObjectCommand(at(file)), {
            ...(signal && { abortSignal: signal }),
          });
        }
      }),
  };
}

function tryParse(text: string, name: string): Manifest | undefined {
  try {
    return parseManifest(text, name);
  } catch {
    return undefined;
  }
}

function assertDumpName(dump: string): void {
  if (isDumpName(dump)) return;
  throw new TexasError('backup_invalid', 'This is not the file name of a backup.');
}

/** A store's error may contain keys and signatures, so only its code and status are passed on. */
async function withTargetFailures<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    if (failure instanceof TexasError) throw failure;
    const { reason, status } = reasonOf(failure);
    throw new TexasError('backup_target_unavailable', `${target} failed: ${reason}.`, {
      details: { target, reason, fix: targetFix, ...(status !== undefined && { status }) },
    });
  }
}

const targetFix =
  'Check the bucket, that the store can be reached from here (BACKUP_S3_ENDPOINT, proxies), and the permissions of its keys.';

function reasonOf(failure: unknown): { reason: string; status?: number | undefined } {
  if (!(failure instanceof Error)) return { reason: 'unknown' };
  const metadata = '$metadata' in failure ? failure.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? Number(metadata.httpStatusCode)
      : undefined;
  return { reason: errorCode(failure) ?? failure.name, status };
}
