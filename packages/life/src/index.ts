export {
  type Author,
  type AuthorCall,
  type AuthorName,
  type Authors,
  authorNames,
  type CallContext,
  type CallUsage,
} from './authoring/author.js';
export {
  type AuthorFailureCode,
  authorFailure,
  isProbed,
  type ProbedCode,
  policyOf,
  probedCodes,
} from './authoring/author-failures.js';
export {
  type CallBucket,
  type CallMeter,
  type CallMeterDeps,
  makeCallMeter,
  type Quotas,
} from './authoring/call-meter.js';
export {
  appliesTo,
  type Cooldown,
  type CooldownRepository,
  type CooldownTarget,
  cooldownFor,
  isCoolingDown,
  queuePauseScope,
} from './authoring/cooldowns.js';
export { type MeteredCallDeps, probeAuthor } from './authoring/metered-call.js';
export { characterRecords } from './character/character-records.js';
export type { CharacterRecord, CharacterRepository } from './character/character-repository.js';
export {
  type Activity,
  type Category,
  type Companion,
  categories,
  type HabitTime,
  habitTimes,
  type Language,
  languages,
  majorEventKinds,
  type Place,
  type Profile,
  profileSchema,
  type Theme,
  type TimeOfDay,
  timesOfDay,
} from './character/profile.js';
export { parseProfile, profileHash } from './character/profile-file.js';
export type { ChapterBrief, DayBrief, StoredBrief, Yesterday } from './day/brief.js';
export {
  type Day,
  type DayItem,
  type DaySummary,
  daySchema,
  daySummarySchema,
  type Experience,
  type Interaction,
  interactionSchema,
  interactionStatuses,
} from './day/day.js';
export type {
  DayRepository,
  InteractionRepository,
  ListPosition,
  ListQuery,
  MajorEventRepository,
} from './day/day-repositories.js';
export { dayTypeOf, dayTypes } from './day/day-type.js';
export {
  type MajorEvent,
  type MajorEventDay,
  type MajorEventRecord,
  majorEventRecordSchema,
} from './day/major-event.js';
export { momentOf, momentSchema } from './day/moment.js';
export { type Chapter, type Plan, planSchema, type ScheduleItem, type Slot } from './day/plan.js';
export {
  type Weather,
  type WeatherCondition,
  weatherConditions,
  weatherSchema,
} from './day/weather.js';
export type { WeatherSource } from './day/weather-source.js';
export { groupChapters } from './drafting/chapters.js';
export {
  type ChapterDraft,
  chapterDraftSchema,
  type ItemDraft,
  type PlanDraft,
  planDraftSchema,
  type SlotText,
} from './drafting/draft.js';
export { repairPlan } from './drafting/repair/repair-plan.js';
export { cutSlots } from './drafting/slots.js';
export { cancelGeneration } from './generation/cancel-generation.js';
export type {
  CheckpointRepository,
  PlannedDay,
  StartedChapter,
} from './generation/checkpoint-repository.js';
export { fallBackOverdue } from './generation/fall-back-overdue.js';
export {
  type Generation,
  type GenerationStatus,
  type GenerationView,
  generationSchema,
  inFlightStatuses,
  isInFlight,
  viewOf,
} from './generation/generation.js';
export type {
  FailureReason,
  GenerationRepository,
  OverdueGeneration,
} from './generation/generation-repository.js';
export {
  type FailureDeps,
  type FailureOutcome,
  type GivenUp,
  type GiveUpDeps,
  handleFailure,
} from './generation/handle-failure.js';
export { planDay } from './generation/plan-day.js';
export {
  type OnProgress,
  type ProgressEvent,
  progressEventSchema,
  progressOf,
  progressSince,
} from './generation/progress.js';
export { announceUnannounced, publishDay } from './generation/publish-day.js';
export { recoverStalled } from './generation/recover-stalled.js';
export { type RequestGenerationDeps, requestGeneration } from './generation/request-generation.js';
export type { RequestRepository, StoredRequest } from './generation/request-repository.js';
export { failureKind, retryDelayMs } from './generation/retry-policy.js';
export { rewriteFallbacks } from './generation/rewrite-fallbacks.js';
export type { GenerationNeeds, JobState, Step, StepQueue } from './generation/steps.js';
export { writeChapter } from './generation/write-chapter.js';
export { chapterPrompt } from './prompts/chapter-prompt.js';
export { planPrompt } from './prompts/plan-prompt.js';
export { type Prompt, promptVersion, withProblems } from './prompts/prompt.js';
export { type PruneDeps, type Pruned, prune } from './retention/prune.js';
export {
  type Cutoff,
  cutoffOf,
  type RemovedDay,
  type RetentionKind,
  type RetentionRepository,
  retentionKinds,
} from './retention/retention.js';
export { planDueDays } from './schedule/plan-due-days.js';
export { minuteOf } from './schedule/planning-time.js';
export type { ScheduledGeneration, ScheduleRepository } from './schedule/schedule-repository.js';
export { dateText, instantText } from './schemas.js';
export { type Amount, type Budget, type Cap, type SpendingKey, sumsOf } from './spending/budget.js';
export {
  type CallEnd,
  type CallStep,
  type CostRow,
  callSteps,
  type EndedCall,
  type LedgerRepository,
  type OpenedCall,
  type PlannedCall,
  sumName,
} from './spending/ledger.js';
export { costOf, knownSum, pricedModel } from './spending/prices.js';
export type { Repositories, Store } from './store.js';
export { exportCharacter } from './transfer/export-character.js';
export type { ExportedDay, TransferRepository } from './transfer/exported-day.js';
export { type Imported, importCharacter } from './transfer/import-character.js';
