import type { Schedule } from '@texas-ai/jobs';
import { minuteOf } from '@texas-ai/life';
import type { WorkerConfig } from '../deps.js';

/** The job schedules that the configuration asks for. */
export function wantedSchedules({ planning, backup, timeZone }: WorkerConfig): Schedule[] {
  const at = (time: string, afterMinutes: number) => {
    const minute = (minuteOf(time) + afterMinutes) % (24 * 60);
    return `${minute % 60} ${Math.floor(minute / 60)}`;
  };
  const schedules: Schedule[] = [
    { job: 'prune', pattern: `${at(backup.time, 60)} * * *`, timeZone },
  ];
  if (planning.automatic) {
    schedules.push({ job: 'plan-due-days', pattern: '* * * * *', timeZone: 'UTC' });
  }
  if (!backup.automatic) return schedules;
  schedules.push({ job: 'backup', pattern: `${at(backup.time, 0)} * * *`, timeZone });
  const isReadable = backup.ageRecipient === null || backup.ageIdentityFile !== null;
  if (backup.verify !== 'never' && isReadable) {
    const days = backup.verify === 'daily' ? '*' : '0';
    schedules.push({
      job: 'verify-backup',
      pattern: `${at(backup.time, 30)} * * ${days}`,
      timeZone,
    });
  }
  return schedules;
}
