import type { z } from 'zod';
import { backup } from './definitions/backup.js';
import { planDay } from './definitions/plan-day.js';
import { planDueDays } from './definitions/plan-due-days.js';
import { prune } from './definitions/prune.js';
import { publishDay } from './definitions/publish-day.js';
import { sendAlert } from './definitions/send-alert.js';
import { verifyBackup } from './definitions/verify-backup.js';
import { writeChapter } from './definitions/write-chapter.js';

/** Every job of the system by name. */
export const jobs = {
  'plan-day': planDay,
  'write-chapter': writeChapter,
  'publish-day': publishDay,
  'plan-due-days': planDueDays,
  'send-alert': sendAlert,
  backup,
  'verify-backup': verifyBackup,
  prune,
} as const;

export type JobName = keyof typeof jobs;
export type JobPayload<Name extends JobName> = z.infer<(typeof jobs)[Name]['payload']>;

export function isJobName(name: string): name is JobName {
  return Object.hasOwn(jobs, name);
}
