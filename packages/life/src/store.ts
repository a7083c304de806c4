import type { Temporal } from '@texas-ai/kernel';
import type { CooldownRepository } from './authoring/cooldowns.js';
import type { CharacterRepository } from './character/character-repository.js';
import type {
  DayRepository,
  InteractionRepository,
  MajorEventRepository,
} from './day/day-repositories.js';
import type { CheckpointRepository } from './generation/checkpoint-repository.js';
import type { GenerationRepository } from './generation/generation-repository.js';
import type { RequestRepository } from './generation/request-repository.js';
import type { RetentionRepository } from './retention/retention.js';
import type { ScheduleRepository } from './schedule/schedule-repository.js';
import type { LedgerRepository } from './spending/ledger.js';
import type { TransferRepository } from './transfer/exported-day.js';

/** All repositories; `packages/storage` implements them on PostgreSQL. */
export interface Repositories {
  characters: CharacterRepository;
  requests: RequestRepository;
  generations: GenerationRepository;
  checkpoints: CheckpointRepository;
  schedule: ScheduleRepository;
  days: DayRepository;
  majorEvents: MajorEventRepository;
  interactions: InteractionRepository;
  ledger: LedgerRepository;
  cooldowns: CooldownRepository;
  retention: RetentionRepository;
  transfers: TransferRepository;
}

export interface Store extends Repositories {
  /** Runs the work in a transaction, which includes only the repositories passed to it. */
  transaction<T>(work: (repositories: Repositories) => Promise<T>): Promise<T>;
  /** Identifies the database; a restored database has a different identity. */
  identity(): Promise<string>;
  /** The time of the database's clock, which sets all its timestamps. */
  now(): Promise<Temporal.Instant>;
  /** Runs the work unless another process holds the lock of this name. Returns whether it ran. */
  exclusively(name: ExclusiveWork, work: () => Promise<void>): Promise<boolean>;
}

/** Work that one process does at a time, under an advisory lock. */
export type ExclusiveWork = 'reconcile' | 'watch' | 'backup' | 'prune' | 'check-authors';
