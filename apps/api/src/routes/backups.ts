import { type BackupRecord, backupKinds, backupStates } from '@texas-ai/backup';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { idPageQuery, nextCursor, page } from './paging.js';

const instant = z.iso.datetime().nullable();

const backupSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(backupKinds),
    state: z.enum(backupStates).meta({
      description: '`bad` failed verification; `pruned` was deleted by the retention rule.',
    }),
    requestedAt: z.iso.datetime(),
    startedAt: instant,
    finishedAt: instant,
    file: z.string().nullable(),
    size: z.number().int().nullable().meta({ description: 'In bytes.' }),
    sha256: z.string().nullable(),
    encrypted: z.boolean(),
    places: z.array(z.string()).meta({ description: 'The targets that hold a copy.' }),
    verifiedAt: instant.meta({
      description: 'When it was last restored into a scratch database and found identical.',
    }),
    error: z.object({ code: z.string(), message: z.string() }).nullable().meta({
      description:
        'Why it failed or is bad, with PostgreSQL’s message; for a good one, why it could not be copied or verified.',
    }),
  })
  .meta({ id: 'Backup' });

const goodExample = {
  id: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11',
  kind: 'scheduled',
  state: 'good',
  requestedAt: '2026-11-22T18:00:00Z',
  startedAt: '2026-11-22T18:00:00.2Z',
  finishedAt: '2026-11-22T18:00:03Z',
  file: 'texas-20261122T180000Z-019ac0a5.dump',
  size: 1_482_113,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  encrypted: false,
  places: ['folder'],
  verifiedAt: null,
  error: null,
} as const;

const queuedExample = {
  ...goodExample,
  kind: 'requested',
  state: 'queued',
  startedAt: null,
  finishedAt: null,
  file: null,
  size: null,
  sha256: null,
  places: [],
} as const;

export function backupOperations({
  backups,
  producer,
  logger,
}: Pick<AppDeps, 'backups' | 'producer' | 'logger'>): Operation[] {
  return [
    defineOperation({
      id: 'listBackups',
      method: 'get',
      path: '/v1/backups',
      scope: 'admin',
      tag: 'operation',
      summary: 'List backups',
      summaryZh: '列出备份',
      description: 'All backups, newest first, including failed and pruned ones.',
      query: z.strictObject(idPageQuery),
      responses: {
        200: {
          description: 'A page of backups.',
          body: z.object({ backups: z.array(backupSchema), nextCursor }),
          example: { backups: [goodExample], nextCursor: null },
        },
      },
      problems: [],
      async respond({ query: { limit, cursor } }) {
        const found = await backups.list({ limit: limit + 1, after: cursor });
        const { entries, nextCursor } = page(found, limit, ({ id }) => id);
        return { status: 200, body: { backups: entries.map(toView), nextCursor } };
      },
    }),
    defineOperation({
      id: 'createBackup',
      method: 'post',
      path: '/v1/backups',
      scope: 'admin',
      tag: 'operation',
      summary: 'Create a backup',
      summaryZh: '立即备份',
      description: 'A worker makes it. While a backup is queued or running, that one is returned.',
      responses: {
        202: {
          description: 'Accepted, durably.',
          body: backupSchema,
          example: queuedExample,
        },
      },
      problems: [],
      async respond() {
        const backup = await backups.request('requested');
        // The backup is accepted: a worker enqueues it later if this fails.
        await producer.backUp(backup.id).catch((error) => {
          logger.warn('backup accepted but not enqueued', { backupId: backup.id, error });
        });
        return { status: 202, body: toView(backup) };
      },
    }),
  ];
}

function toView(record: BackupRecord): z.infer<typeof backupSchema> {
  const { requestedAt, startedAt, finishedAt, verifiedAt, ...rest } = record;
  return {
    ...rest,
    requestedAt: requestedAt.toString(),
    startedAt: startedAt?.toString() ?? null,
    finishedAt: finishedAt?.toString() ?? null,
    verifiedAt: verifiedAt?.toString() ?? null,
  };
}
