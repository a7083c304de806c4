import type { TexasError, Trouble } from '@texas-ai/kernel';
import type { AuthorName, Authors, Generation, Settlement } from '@texas-ai/life';

// What of the fleet's failures an operator is warned of, and what a person can do about it.

const quarterHour = 900;
const hour = 3600;

/** The trouble that a settled failure is, or null where nobody needs to look. */
export function troubleOf(
  settlement: Settlement,
  failure: TexasError,
  authors: Authors,
): Trouble | null {
  if (failure.code === 'author_unauthorized') return refusedKey(settlement, authors);
  if (failure.code === 'budget_exhausted') return budgetSpent(failure);
  if (settlement.kind === 'held') return exhaustedKey(settlement, failure);
  if (settlement.kind === 'failed')
    return settlement.generation && failed(settlement.generation, failure);
  return settlement.kind === 'fell-back' ? fellBack(settlement.generation, failure) : null;
}

/** What the trouble with a key is about. */
export function keySubject(author: AuthorName, fingerprint: string | null): string {
  return `${author} ${fingerprint ?? 'without a key'}`;
}

function refusedKey(settlement: Settlement, authors: Authors): Trouble {
  const author = 'gemini';
  const goesOn =
    settlement.kind === 'fell-back'
      ? 'The day that met it is finished by the offline author.'
      : 'The day that met it has failed.';
  return {
    kind: 'author_unauthorized',
    subject: keySubject(author, fingerprintOf(authors, author)),
    level: 'error',
    title: `${author} refuses the API key`,
    message:
      `${goesOn} Others wait. The key is tried every few minutes and work goes on by itself once it ` +
      'is accepted. Otherwise set another GEMINI_API_KEY and restart the workers.',
  };
}

function fingerprintOf(authors: Authors, name: AuthorName): string | null {
  try {
    return authors(name).fingerprint;
  } catch {
    return null;
  }
}

/** A quota of minutes passes by itself; one of a day is worth a word. */
function exhaustedKey(
  settlement: Extract<Settlement, { kind: 'held' }>,
  { details }: TexasError,
): Trouble | null {
  if (details.daily !== true || !settlement.began) return null;
  return {
    kind: 'author_exhausted',
    subject: 'gemini',
    level: 'warning',
    title: 'the daily quota of gemini is spent',
    message:
      'Days wait for the quota to come back, or are finished by the offline author an hour before she ' +
      'wakes. A larger quota or fewer characters help.',
    quietSeconds: 2 * hour,
  };
}

export function budgetSpent({ message }: Pick<TexasError, 'message'>): Trouble {
  return {
    kind: 'budget_spent',
    subject: 'budget',
    level: 'error',
    title: 'the budget is spent',
    message: `${message} Nothing more is spent until the next period; the offline author writes meanwhile. Raise “budget” in the configuration for more.`,
    quietSeconds: 12 * hour,
  };
}

function failed({ character, date }: Generation, { code, message }: TexasError): Trouble {
  return {
    kind: 'generation_failed',
    subject: code,
    level: 'error',
    title: `a day could not be written (${code})`,
    message:
      `${character}, ${date}: ${message} What was written is kept: ask for the day again ` +
      '(POST …/generations) once the cause is gone, and it goes on from there.',
    quietSeconds: quarterHour,
  };
}

function fellBack({ character, date }: Generation, { code, message }: TexasError): Trouble {
  return {
    kind: 'generation_fell_back',
    subject: code,
    level: 'warning',
    title: `the offline author finishes a day (${code})`,
    message: `${character}, ${date}: ${message}`,
    quietSeconds: hour,
  };
}

/** Troubles with backups, as they are told of when they are over. */
export const noBackup = { kind: 'backup_failed', subject: 'database' } as const;
export const badBackup = { kind: 'backup_bad', subject: 'database' } as const;

export function backupFailed({ message }: Pick<TexasError, 'message'>): Trouble {
  return {
    ...noBackup,
    level: 'error',
    title: 'the backup failed',
    message: `${message} Mend that and make another: npm run texas -- backup create, or POST /v1/backups.`,
  };
}

export function backupBad({ message }: Pick<TexasError, 'message'>): Trouble {
  return {
    ...badBackup,
    level: 'error',
    title: 'the last backup could not be verified',
    message: `${message} Make another and verify it: npm run texas -- backup create, then backup verify.`,
  };
}

export function slowStep(step: string, ms: number): Trouble {
  return {
    kind: 'slow_step',
    subject: step,
    level: 'warning',
    title: `${step} is slow`,
    message: `A step took ${Math.round(ms / 1000)} s. A slow author, a slow database or a busy machine.`,
    quietSeconds: hour,
  };
}
