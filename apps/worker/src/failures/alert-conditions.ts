import {
  type AlertCondition,
  type AlertKind,
  explain,
  type Temporal,
  type TexasError,
} from '@texas-ai/kernel';
import {
  type Cooldown,
  type FailureOutcome,
  type FailureReason,
  type Generation,
  type GivenUp,
  isProbed,
  type ProbedCode,
  probedCodes,
  queuePauseScope,
} from '@texas-ai/life';

// The alerts about failures in the fleet, each with what an operator can do.

const quarterHour = 900;
const hour = 3600;

/** The alert for a failure; null if no operator needs to act. */
export function failureAlert(outcome: FailureOutcome, failure: TexasError): AlertCondition | null {
  if (failure.code === 'budget_exhausted') return budgetSpent(failure);
  return outcome.kind === 'failed' || outcome.kind === 'fell-back'
    ? givenUpAlert(outcome, { code: failure.code, message: explain(failure) })
    : null;
}

/**
 * The alert for a day that its author did not finish. A cooldown that only an operator can end has an
 * alert of its own, so days that the offline author finishes meanwhile need none; failed days always do.
 */
export function givenUpAlert(outcome: GivenUp, reason: FailureReason): AlertCondition | null {
  if (outcome.kind === 'fell-back') {
    return isProbed(reason.code) ? null : fellBack(outcome.generation, reason);
  }
  return outcome.generation && failed(outcome.generation, reason);
}

/** The alerts that last as long as a cooldown. */
export const cooldownAlertKinds: ReadonlySet<AlertKind> = new Set([
  ...probedCodes,
  'author_exhausted',
]);

/** The alert for a cooldown in force; null if it ends soon on its own. */
export function cooldownAlert(cooldown: Cooldown, now: Temporal.Instant): AlertCondition | null {
  const { code, until } = cooldown;
  if (isProbed(code)) return refused(cooldown, code);
  const ms = until.epochMilliseconds - now.epochMilliseconds;
  return queuePauseScope(code, ms) === 'key' ? exhaustedKey(cooldown) : null;
}

/** Identifies the alert of a cooldown; a cooldown whose code changes gets another alert. */
export function cooldownIdentity(cooldown: Cooldown): Pick<AlertCondition, 'kind' | 'subject'> {
  const { author, fingerprint, model, code } = cooldown;
  return {
    kind: isProbed(code) ? code : 'author_exhausted',
    subject: [author, fingerprint, model].filter((part) => part !== undefined).join(' '),
  };
}

const refusals: Readonly<Record<ProbedCode, string>> = {
  author_unauthorized: 'refuses the API key',
  author_model_unavailable: 'does not offer the model',
  author_quota_unavailable: 'has no quota for the model',
  author_balance_exhausted: 'requires payment',
  author_location_unsupported: 'does not serve this location',
};

function refused(cooldown: Cooldown, code: ProbedCode): AlertCondition {
  return {
    ...cooldownIdentity(cooldown),
    level: 'error',
    title: `${cooldown.author} ${refusals[code]}${cooldown.model === undefined ? '' : ` ${cooldown.model}`}`,
    message:
      `${cooldown.reason} Until it accepts calls again, the offline author writes the days; without a ` +
      'fallback they wait and then fail. It is probed every few minutes, and work resumes on its own.',
    code,
  };
}

function exhaustedKey(cooldown: Cooldown): AlertCondition {
  return {
    ...cooldownIdentity(cooldown),
    level: 'warning',
    title: `the quota of ${cooldown.author} is exhausted`,
    message:
      `${cooldown.reason} No calls are made until ${cooldown.until.round('second')}. Days wait until an hour ` +
      'before the character wakes; then the offline author finishes them, or they fail without a fallback.',
    code: cooldown.code,
  };
}

export function budgetSpent({
  message,
  details = {},
}: Pick<TexasError, 'message'> & Partial<Pick<TexasError, 'details'>>): AlertCondition {
  const { scope, period } = details;
  return {
    kind: 'budget_spent',
    // One alert per cap, or one for the budget if the cap is unknown.
    subject: typeof period === 'string' ? `${scope || 'everybody'} ${period}` : 'budget',
    level: 'error',
    title: 'the budget is spent',
    message:
      `${message} No more is spent until the next period; meanwhile the offline author writes the days, or ` +
      'they fail without a fallback. To allow more, raise “budget” in the configuration.',
    code: 'budget_exhausted',
    // The next planning run meets the same cap unless it was raised or reset.
    quietSeconds: 26 * hour,
  };
}

function failed({ character, date }: Generation, { code, message }: FailureReason): AlertCondition {
  return {
    kind: 'generation_failed',
    subject: code,
    level: 'error',
    title: `a day could not be written (${code})`,
    message:
      `${character}, ${date}: ${message} What is written is kept. Once the cause is fixed, request the day ` +
      'again (POST …/generations) to continue from there.',
    code,
    quietSeconds: quarterHour,
  };
}

function fellBack(
  { character, date }: Generation,
  { code, message }: FailureReason,
): AlertCondition {
  return {
    kind: 'generation_fell_back',
    subject: code,
    level: 'warning',
    title: `the offline author finishes a day (${code})`,
    message:
      `${character}, ${date}: ${message} The day will be complete but plainer. Once the cause is fixed, ` +
      'request it again (POST …/generations with "fresh": true).',
    code,
    quietSeconds: hour,
  };
}

/** The identities of the alerts about backups. */
export const failedBackupAlert = { kind: 'backup_failed', subject: 'database' } as const;
export const badBackupAlert = { kind: 'backup_bad', subject: 'database' } as const;

export function backupFailed({ code, message }: FailureReason): AlertCondition {
  return {
    ...failedBackupAlert,
    level: 'error',
    title: 'the backup failed',
    message: `${message} Fix the cause and make another backup: npm run texas -- backup create, or POST /v1/backups.`,
    code,
  };
}

export function backupBad({ code, message }: FailureReason): AlertCondition {
  return {
    ...badBackupAlert,
    level: 'error',
    title: 'the last backup could not be verified',
    message: `${message} Make another backup and verify it: npm run texas -- backup create, then backup verify.`,
    code,
  };
}

export function slowStep(step: string, ms: number): AlertCondition {
  return {
    kind: 'slow_step',
    subject: step,
    level: 'warning',
    title: `${step} is slow`,
    message: `A step took ${Math.round(ms / 1000)} s. The author or the database may be slow, or the machine busy.`,
    quietSeconds: hour,
  };
}
