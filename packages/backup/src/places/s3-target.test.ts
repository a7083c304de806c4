import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { Agent, createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import S3rver from 's3rver';
import { writeBackup } from '../../test/write-backup.js';
import { manifestFileOf } from '../files/names.js';
import { makeS3Target, type S3TargetOptions } from './s3-target.js';
import type { BackupTarget } from './target.js';

const secret = 'S3RVER';

let folder: string;
let server: InstanceType<typeof S3rver>;
let options: S3TargetOptions;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'texas-s3-'));
  server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: join(folder, 'store'),
    configureBuckets: [{ name: 'backups', configs: [] }],
  });
  const { port } = await server.run();
  options = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    bucket: 'backups',
    prefix: 'texas/',
    accessKeyId: 'S3RVER',
    secretAccessKey: secret,
    forcePathStyle: true,
  };
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  for (const name of ['here', 'there']) {
    rmSync(join(folder, name), { recursive: true, force: true });
    mkdirSync(join(folder, name));
  }
});

const never = new AbortController().signal;

/** Writes a dump of this size, with its manifest. */
const write = (id: string, bytes: number, createdAt = '2026-11-25T02:00:00Z') =>
  writeBackup(join(folder, 'here'), id, createdAt, randomBytes(bytes));

test('connections are made by the given agent, for example to a proxy', async () => {
  let connections = 0;
  class CountingAgent extends Agent {
    override createConnection(...args: Parameters<Agent['createConnection']>) {
      connections += 1;
      return super.createConnection(...args);
    }
  }
  const agent = new CountingAgent();
  expect(await makeS3Target({ ...options, agent }).list()).toEqual([]);
  expect(connections).toBe(1);
  agent.destroy();
});

test('uploaded backups are listed newest first, downloaded unchanged, and removed', async () => {
  const target = makeS3Target(options);
  expect(target.name).toBe('s3://backups/texas');
  expect(await target.list()).toEqual([]);
  const older = write('aaaaaaaa', 1_000, '2026-11-24T02:00:00Z');
  // More than one part.
  const newer = write('bbbbbbbb', 17 * 2 ** 20);
  for (const { file } of [older, newer]) await target.upload(file, manifestFileOf(file), never);
  expect(await target.list()).toEqual([newer.manifest, older.manifest]);

  const there = join(folder, 'there');
  const downloaded = await target.download(newer.manifest.file, there, never);
  expect(downloaded).toBe(join(there, newer.manifest.file));
  expect(readFileSync(downloaded).equals(readFileSync(newer.file))).toBe(true);
  expect(readdirSync(there).sort()).toEqual(readdirSync(there).filter((name) => /Z-b/.test(name)));

  for (const { manifest } of [older, newer]) await target.remove(manifest.file);
  await target.remove(older.manifest.file);
  expect(await target.list()).toEqual([]);
});

test('a bucket with several pages is listed completely', async () => {
  const { file, manifest } = write('55555555', 10);
  const pages = [file, manifestFileOf(file)].map(
    (each, page) =>
      `<IsTruncated>${page === 0}</IsTruncated><NextContinuationToken>second</NextContinuationToken>
       <Contents><Key>texas/${basename(each)}</Key><Size>10</Size></Contents>`,
  );
  // s3rver fails at a second page.
  const store = await startStore(({ url = '' }) => {
    const page = pages[url.includes('continuation-token=second') ? 1 : 0];
    const listed = `<ListBucketResult>${page}</ListBucketResult>`;
    return { status: 200, xml: url.includes('list-type') ? listed : JSON.stringify(manifest) };
  });
  try {
    expect(await makeS3Target({ ...options, endpoint: store.url }).list()).toEqual([manifest]);
  } finally {
    store.stop();
  }
});

test('a backup that is removed while the bucket is listed is ignored', async () => {
  const { file } = write('66666666', 10);
  const contents = [file, manifestFileOf(file)].map(
    (each) => `<Contents><Key>texas/${basename(each)}</Key><Size>10</Size></Contents>`,
  );
  const store = await startStore(({ url }) =>
    url?.includes('list-type')
      ? { status: 200, xml: `<ListBucketResult>${contents.join('')}</ListBucketResult>` }
      : { status: 404, xml: '<Error><Code>NoSuchKey</Code></Error>' },
  );
  try {
    expect(await makeS3Target({ ...options, endpoint: store.url }).list()).toEqual([]);
  } finally {
    store.stop();
  }
});

test('a damaged download is rejected and leaves no files', async () => {
  const target = makeS3Target(options);
  const { file, manifest } = write('cccccccc', 1_000);
  writeFileSync(manifestFileOf(file), JSON.stringify({ ...manifest, sha256: '0'.repeat(64) }));
  await target.upload(file, manifestFileOf(file), never);
  const there = join(folder, 'there');
  await expect(target.download(manifest.file, there, never)).rejects.toMatchObject({
    code: 'backup_invalid',
  });
  expect(readdirSync(there)).toEqual([]);
  await target.remove(manifest.file);
});

test('a dump without a manifest is ignored, and only our files are touched', async () => {
  const target = makeS3Target(options);
  const { file, manifest } = write('dddddddd', 10);
  await target.upload(file, manifestFileOf(file), never);
  await makeS3Target({ ...options, prefix: 'other' }).upload(file, manifestFileOf(file), never);
  expect(await target.list()).toHaveLength(1);
  await target.remove(manifest.file);
  expect(await makeS3Target({ ...options, prefix: 'other' }).list()).toHaveLength(1);
  await expect(target.remove('../somebody-elses')).rejects.toMatchObject({
    code: 'backup_invalid',
  });
});

test('a manifest of another dump is ignored', async () => {
  const target = makeS3Target(options);
  const { file, manifest } = write('ffffffff', 10);
  await target.upload(file, manifestFileOf(file), never);
  const copy = manifestFileOf(file).replace('ffffffff', '11111111');
  copyFileSync(manifestFileOf(file), copy);
  await target.upload(file, copy, never);
  expect(await target.list()).toEqual([manifest]);
  await target.remove(manifest.file);
});

// One part, and more than one.
test.each([1, 17])('a dump of %d MB whose upload is aborted is not a backup', async (size) => {
  const target = makeS3Target(options);
  const { file } = write('22222222', size * 2 ** 20);
  const stop = new AbortController();
  const uploading = target.upload(file, manifestFileOf(file), stop.signal);
  stop.abort();
  await expect(uploading).rejects.toMatchObject({ code: 'backup_target_unavailable' });
  expect(await target.list()).toEqual([]);
});

test('a backup that is missing on the target or in the folder is an error', async () => {
  const target = makeS3Target(options);
  const { file, manifest } = write('33333333', 10);
  const away = { code: 'backup_target_unavailable' };
  const there = join(folder, 'there');
  await expect(target.download(manifest.file, there, never)).rejects.toMatchObject(away);
  expect(readdirSync(there)).toEqual([]);
  rmSync(file);
  await expect(target.upload(file, manifestFileOf(file), never)).rejects.toMatchObject(away);
  await expect(target.download('../notes.txt', there, never)).rejects.toMatchObject({
    code: 'backup_invalid',
  });
});

test.each<[string, Partial<S3TargetOptions>]>([
  ['rejects the key', { accessKeyId: 'canary-0123456789' }],
  ['has no such bucket', { bucket: 'nothing' }],
  ['cannot be reached', { endpoint: 'http://127.0.0.1:1' }],
])(
  'the error of a store that %s does not contain its keys',
  async (_what, changes) => {
    const target = makeS3Target({ ...options, ...changes });
    const { file } = write('eeeeeeee', 10);
    expect(await failuresOf(target, file)).toEqual(unavailableFourTimes);
  },
  30_000,
);

// s3rver does not verify signatures of version 4, so this server responds like Amazon's to a wrong secret.
test('the error of a store that rejects the secret does not contain what its response repeats', async () => {
  const store = await startStore(({ headers }) => {
    const said = {
      AWSAccessKeyId: 'S3RVER',
      StringToSign: headers.authorization ?? '',
      SignatureProvided: 'canary',
    };
    const fields = Object.entries(said).map(([name, value]) => `<${name}>${value}</${name}>`);
    const words = '<Code>SignatureDoesNotMatch</Code><Message>canary</Message>';
    return { status: 403, xml: `<Error>${words}${fields.join('')}</Error>` };
  });
  try {
    const target = makeS3Target({ ...options, endpoint: store.url });
    const { file } = write('44444444', 10);
    const reason = 'SignatureDoesNotMatch';
    const fix = expect.stringMatching(/^Check the bucket/);
    const details = { target: 's3://backups/texas', reason, fix, status: 403 };
    const failures = await failuresOf(target, file);
    expect(failures).toEqual(unavailableFourTimes);
    expect(failures.map((failure) => failure.details)).toEqual(Array(4).fill(details));
  } finally {
    store.stop();
  }
});

/** A store that gives the same response to every request. */
async function startStore(answer: (request: IncomingMessage) => { status: number; xml: string }) {
  const server = createServer((request, response) => {
    const { status, xml } = answer(request);
    request.resume();
    response.writeHead(status, { 'content-type': 'application/xml' }).end(xml);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const unavailableFourTimes = Array(4).fill(
  expect.objectContaining({ code: 'backup_target_unavailable' }),
);

/** Returns the error of each method; none of them may contain a key or a signature. */
async function failuresOf(target: BackupTarget, file: string) {
  const name = basename(file);
  const failures = await Promise.all(
    [
      target.upload(file, manifestFileOf(file), never),
      target.list(),
      target.download(name, join(folder, 'there'), never),
      target.remove(name),
    ].map((each) => each.catch((error) => error)),
  );
  for (const failure of failures) {
    const said = `${failure?.message} ${inspect(failure, { depth: 9, showHidden: true })}`;
    for (const canary of ['canary', 'S3RVER', 'AWS4-HMAC']) expect(said).not.toContain(canary);
  }
  return failures;
}
