import {
  type AlertKind,
  explain,
  type Temporal,
  type TexasError,
  type Trouble,
} from '@texas-ai/kernel';
import {
  type AuthorHold,
  type Generation,
  type GivenUp,
  isProbed,
  type ProbedCode,
  probedCodes,
  type Settlement,
  whoRests,
} from '@texas-ai/life';

// What of the fleet's failures an operator is warned of, and what a person can do about it.

const quarterHour = 900;
const hour = 3600;

/** The trouble that a settled failure is, or null where nobody needs to look. */
export function troubleOf(settlement: Settlement, failure: TexasError): Trouble | null {
  if (failure.code === 'budget_exhausted') return budgetSpent(failure);
  return settlement.kind === 'failed' || settlement.kind === 'fell-back'
    ? givenUpTrouble(settlement, { code: failure.code, message: explain(failure) })
    : null;
}

/**
 * The trouble that a day is which its author did not finish. Of an author that only a person can bring
 * back its hold is told, once for all days that the next author finishes; a day that fails is always told.
 */
export function givenUpTrouble(givenUp: GivenUp, reason: Reason): Trouble | null {
  if (givenUp.kind === 'fell-back') {
    return isProbed(reason.code) ? null : fellBack(givenUp.generation, reason);
  }
  return givenUp.generation && failed(givenUp.generation, reason);
}

type Reason = Pick<TexasError, 'code' | 'message'>;

/** The troubles that last as long as a hold. */
export const holdKinds: ReadonlySet<AlertKind> = new Set([...probedCodes, 'author_exhausted']);

/** What an operator is told of a hold in force, or null where it soon passes by itself. */
export function troubleOfHold(hold: AuthorHold, now: Temporal.Instant): Trouble | null {
  if (isProbed(hold.code)) return refused(hold, hold.code);
  const ms = hold.until.epochMilliseconds - now.epochMilliseconds;
  return whoRests(hold.code, ms) === 'key' ? exhaustedKey(hold) : null;
}

/** Which trouble a hold is: a hold that changes its code becomes another one. */
export function identityOfHold(hold: AuthorHold): Pick<Trouble, 'kind' | 'subject'> {
  const { author, fingerprint, model, code } = hold;
  return {
    kind: isProbed(code) ? code : 'author_exhausted',
    subject: [author, fingerprint, model].filter((part) => part !== undefined).join(' '),
  };
}

const refusals: Readonly<Record<ProbedCode, string>> = {
  author_unauthorized: 'refuses the API key',
  author_model_unavailable: 'does not offer the model',
  author_quota_unavailable: 'has no quota for the model',
  author_balance_exhausted: 'asks for payment',
  author_location_unsupported: 'does not serve this place',
};

function refused(hold: AuthorHold, code: ProbedCode): Trouble {
  return {
    ...identityOfHold(hold),
    level: 'error',
    title: `${hold.author} ${refusals[code]}${hold.model === undefined ? '' : ` ${hold.model}`}`,
    message:
      `${hold.reason} Meanwhile days are written by the offline author, or wait and fail where there ` +
      'is no fallback. It is tried again every few minutes, and work goes on by itself once it answers.',
    code,
  };
}

function exhaustedKey(hold: AuthorHold): Trouble {
  return {
    ...identityOfHold(hold),
    level: 'warning',
    title: `the quota of ${hold.author} is spent`,
    message:
      `${hold.reason} Nothing is asked until ${hold.until.round('second')}. Days wait until an hour ` +
      'before she wakes; then the offline author finishes them, or they fail where there is no fallback.',
    code: hold.code,
  };
}

export function budgetSpent({
  message,
  details = {},
}: Pick<TexasError, 'message'> & Partial<Pick<TexasError, 'details'>>): Trouble {
  const { scope, period } = details;
  return {
    kind: 'budget_spent',
    // One cap is one trouble; where it is not told which, it is the budget.
    subject: typeof period === 'string' ? `${scope || 'everybody'} ${period}` : 'budget',
    level: 'error',
    title: 'the budget is spent',
    message: `${message} Nothing more of it is spent until the next period; meanwhile the offline author writes, or days fail where there is no fallback. Raise “budget” in the configuration for more.`,
    code: 'budget_exhausted',
    // The next night meets the same cap: it is over when one did not.
    quietSeconds: 26 * hour,
  };
}

function failed({ character, date }: Generation, { code, message }: Reason): Trouble {
  return {
    kind: 'generation_failed',
    subject: code,
    level: 'error',
    title: `a day could not be written (${code})`,
    message:
      `${character}, ${date}: ${message} What was written is kept: ask for the day again ` +
      '(POST …/generations) once the cause is gone, and it goes on from there.',
    code,
    quietSeconds: quarterHour,
  };
}

function fellBack({ character, date }: Generation, { code, message }: Reason): Trouble {
  return {
    kind: 'generation_fell_back',
    subject: code,
    level: 'warning',
    title: `the offline author finishes a day (${code})`,
    message:
      `${character}, ${date}: ${message} The day will be whole, and plainer: once the cause is gone, ` +
      'ask for it anew (POST …/generations with "fresh": true).',
    code,
    quietSeconds: hour,
  };
}

/** Troubles with backups, as they are told of when they are over. */
export const noBackup = { kind: 'backup_failed', subject: 'database' } as const;
export const badBackup = { kind: 'backup_bad', subject: 'database' } as const;

export function backupFailed({ code, message }: Reason): Trouble {
  return {
    ...noBackup,
    level: 'error',
    title: 'the backup failed',
    message: `${message} Mend that and make another: npm run texas -- backup create, or POST /v1/backups.`,
    code,
  };
}

export function backupBad({ code, message }: Reason): Trouble {
  return {
    ...badBackup,
    level: 'error',
    title: 'the last backup could not be verified',
    message: `${message} Make another and verify it: npm run texas -- backup create, then backup verify.`,
    code,
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
