import type { BackupKind, BackupRecord, BackupRepository } from '@texas-ai/backup';
import type { ErrorCode, Temporal } from '@texas-ai/kernel';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { queryRows } from '../../database/query-rows.js';
import { withStorageFailures } from '../../database/storage-failure.js';

interface BackupRow {
  id: string;
  kind: BackupKind;
  state: BackupRecord['state'];
  requested_at: Temporal.Instant;
  started_at: Temporal.Instant | null;
  finished_at: Temporal.Instant | null;
  file: string | null;
  size: number | null;
  sha256: string | null;
  encrypted: boolean;
  places: string[];
  verified_at: Temporal.Instant | null;
  error_code: ErrorCode | null;
  error_message: string | null;
}

const inFlight = ['queued', 'running'];

export function makeBackupRepository(db: Knex): BackupRepository {
  const backups = () => db<BackupRow>('backups');
  const now = db.fn.now() as unknown as Temporal.Instant;

  async function one(query: PromiseLike<BackupRow[]>): Promise<BackupRecord | null> {
    const [row] = await query;
    return row ? toRecord(row) : null;
  }

  return withStorageFailures<BackupRepository>({
    async request(kind) {
      // On a conflict, returns the backup in flight; retries if that one has just ended.
      for (;;) {
        const inserted = await queryRows<BackupRow>(
          db,
          `INSERT INTO backups (id, kind) VALUES (?, ?)
           ON CONFLICT ((true)) WHERE state IN ('queued', 'running') DO NOTHING RETURNING *`,
          [uuid(), kind],
        );
        const record =
          (await one(Promise.resolve(inserted))) ??
          (await one(backups().whereIn('state', inFlight).select('*')));
        if (record) return record;
      }
    },

    async begin(id) {
      await backups().where({ state: 'running' }).whereNot({ id }).update({
        state: 'failed',
        finished_at: now,
        error_code: 'backup_failed',
        error_message: 'The process that made the backup ended.',
      });
      return one(
        backups()
          .where({ id })
          .whereIn('state', inFlight)
          .update({ state: 'running', started_at: now })
          .returning('*'),
      );
    },

    async good(id, { error, ...made }) {
      const record = await one(
        backups()
          .where({ id })
          .update({
            ...made,
            state: 'good',
            finished_at: now,
            error_code: error?.code ?? null,
            error_message: error?.message ?? null,
          })
          .returning('*'),
      );
      if (!record) throw new RangeError(`There is no backup ${id}.`);
      return record;
    },

    async postponed(id) {
      await backups().where({ id, state: 'running' }).update({ state: 'queued', started_at: null });
    },

    async failed(id, code, message) {
      await backups()
        .where({ id })
        .whereIn('state', inFlight)
        .update({ state: 'failed', finished_at: now, error_code: code, error_message: message });
    },

    async verified(id) {
      await backups().where({ id }).update({ verified_at: now });
      await backups()
        .where({ id, error_code: 'restore_failed' })
        .update({ error_code: null, error_message: null });
    },

    async unverified(id, code, message) {
      await backups()
        .where({ id, state: 'good' })
        // Keeps the error of a failed copy.
        .where((query) => query.whereNull('error_code').orWhere({ error_code: 'restore_failed' }))
        .update({ error_code: code, error_message: message });
    },

    async bad(id, code, message) {
      await backups()
        .where({ id, state: 'good' })
        .update({ state: 'bad', error_code: code, error_message: message });
    },

    async pruned(ids) {
      await backups().whereIn('id', ids).update({ state: 'pruned', places: [] });
    },

    async adopt({ createdAt, ...made }) {
      const at = createdAt.toString() as unknown as Temporal.Instant;
      await backups()
        .insert({ ...made, state: 'good', requested_at: at, started_at: at, finished_at: at })
        .onConflict('id')
        // A restored dump contains its own record, still running.
        .merge({ ...made, state: 'good', finished_at: at })
        .whereIn('backups.state', inFlight);
    },

    find: (id) => one(backups().where({ id }).select('*')),

    async queued() {
      return (await backups().where({ state: 'queued' }).orderBy('id').select('*')).map(toRecord);
    },

    lastGood: () =>
      one(backups().where({ state: 'good' }).orderBy('finished_at', 'desc').limit(1).select('*')),

    async list({ limit, after }) {
      const query = backups().orderBy('id', 'desc').limit(limit).select('*');
      return (await (after === undefined ? query : query.where('id', '<', after))).map(toRecord);
    },
  });
}

function toRecord(row: BackupRow): BackupRecord {
  const { error_code: code, error_message: message } = row;
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    requestedAt: row.requested_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    file: row.file,
    size: row.size,
    sha256: row.sha256,
    encrypted: row.encrypted,
    places: row.places,
    verifiedAt: row.verified_at,
    error: code === null || message === null ? null : { code, message },
  };
}
