import { type BackupRecord, backupKinds, backupStates } from '@texas-ai/backup';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { idPageQuery, nextCursor, page } from './page.js';

const instant = z.iso.datetime().nullable();

const backupSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(backupKinds),
    state: z.enum(backupStates).meta({
      description:
        '`bad` was good until it failed its verification; `pruned` is gone by the rule of retention.',
    }),
    requestedAt: z.iso.datetime(),
    startedAt: instant,
    finishedAt: instant,
    file: z.string().nullable(),
    size: z.number().int().nullable().meta({ description: 'In bytes.' }),
    sha256: z.string().nullable(),
    encrypted: z.boolean(),
    places: z.array(z.string()).meta({ description: 'The targets that hold it.' }),
    verifiedAt: instant.meta({
      description: 'When it was last restored into a scratch database and found the same.',
    }),
    error: z.object({ code: z.string(), message: z.string() }).nullable().meta({
      description:
        'Why it failed or is bad, with what PostgreSQL said; of a good one, why it was not copied or could not be verified.',
    }),
  })
  .meta({ id: 'Backup' });

const good = {
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

const queued = {
  ...good,
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
      summary: 'Backups, newest first',
      summaryZh: '列出备份，新的在前',
      description: 'Also those that failed, and those that are gone.',
      query: z.strictObject(idPageQuery),
      answers: {
        200: {
          description: 'A page of backups.',
          body: z.object({ backups: z.array(backupSchema), nextCursor }),
          example: { backups: [good], nextCursor: null },
        },
      },
      problems: [],
      async answer({ query: { limit, cursor } }) {
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
      summary: 'Make a backup now',
      summaryZh: '立即备份',
      description:
        'A worker makes it. One at a time: while one is queued or running, that one is answered.',
      answers: {
        202: {
          description: 'It will be made, whatever happens to this process.',
          body: backupSchema,
          example: queued,
        },
      },
      problems: [],
      async answer() {
        const backup = await backups.request('requested');
        // It is accepted: what cannot be enqueued now, a worker finds.
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
