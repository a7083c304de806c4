export { type AskAuthorDeps, mostCallsOf, triesPerStep } from './authoring/ask-author.js';
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
  type AuthorHold,
  type HeldAccess,
  type HoldRepository,
  holdOf,
  holds,
  isHeld,
  whoRests,
} from './authoring/cooldowns.js';
export { probeAuthor } from './authoring/metered-call.js';
export { characterRecords } from './character/character-records.js';
export {
  type Activity,
  type Beats,
  type Category,
  type Companion,
  categories,
  type HabitTime,
  habitTimes,
  type Language,
  languages,
  type MajorEventKind,
  majorEventKinds,
  type Place,
  type Profile,
  profileSchema,
  type Theme,
  type TimeOfDay,
  timesOfDay,
} from './character/profile.js';
export { parseProfile, profileHash } from './character/profile-file.js';
export type { ChapterBrief, DayBrief, Yesterday } from './day/brief.js';
export {
  type Day,
  type DayItem,
  type DaySummary,
  daySchema,
  daySummarySchema,
  type Experience,
} from './day/day.js';
export { type DayType, dayTypeOf, dayTypes } from './day/day-type.js';
export {
  type Interaction,
  type InteractionStatus,
  interactionSchema,
  interactionStatuses,
} from './day/interaction.js';
export {
  type MajorEvent,
  type MajorEventDay,
  type MajorEventRecord,
  majorEventDay,
  majorEventOn,
  majorEventRecordSchema,
  majorEventSchema,
} from './day/major-event.js';
export { type Moment, momentOf, momentSchema, whenIs } from './day/moment.js';
export {
  type Chapter,
  type Plan,
  planSchema,
  type ScheduleItem,
  type Slot,
  slotSchema,
} from './day/plan.js';
export { wakingHours } from './day/waking-hours.js';
export {
  type Weather,
  type WeatherCondition,
  type WeatherRequest,
  type WeatherSource,
  weatherConditions,
  weatherSchema,
} from './day/weather.js';
export { type CheckedChapter, checkChapter } from './drafting/chapter-rules.js';
export { groupChapters } from './drafting/chapters.js';
export {
  type ChapterDraft,
  chapterDraftSchema,
  type ItemDraft,
  type PlanDraft,
  planDraftSchema,
  type SlotText,
} from './drafting/draft.js';
export { type Level, levels } from './drafting/draft-fields.js';
export { brokenRules, matterOfTaste } from './drafting/plan-rules.js';
export { type PlanFrame, type RepairedPlan, repairPlan } from './drafting/repair/repair-plan.js';
export type { Mend, MendRule, Problem } from './drafting/repair-notes.js';
export { cutSlots } from './drafting/slots.js';
export { cancelGeneration } from './generation/cancel-generation.js';
export { giveUpHeld } from './generation/expire-cooldowns.js';
export {
  type Generation,
  type GenerationStatus,
  type GenerationView,
  generationSchema,
  generationStatuses,
  inFlightStatuses,
  isInFlight,
  viewOf,
} from './generation/generation.js';
export { type PlanDayDeps, planDay } from './generation/plan-day.js';
export {
  type OnProgress,
  type ProgressEvent,
  progressEventSchema,
  progressOf,
  progressSince,
} from './generation/progress.js';
export { announceForgotten, type PublishDayDeps, publishDay } from './generation/publish-day.js';
export { takeUpLost } from './generation/recover-stalled.js';
export {
  type GenerationRequest,
  type RequestGenerationDeps,
  requestGeneration,
} from './generation/request-generation.js';
export { kindOf, retryDelayMs } from './generation/retry.js';
export { rewriteFallbacks } from './generation/rewrite-fallbacks.js';
export {
  type FailedStep,
  type GivenUp,
  type Settlement,
  type StepFailureDeps,
  settleFailure,
} from './generation/step-failure.js';
export { type JobState, type Step, type StepQueue, stepsOf } from './generation/steps.js';
export { type WriteChapterDeps, writeChapter } from './generation/write-chapter.js';
export { chapterPrompt } from './prompts/chapter-prompt.js';
export { planPrompt } from './prompts/plan-prompt.js';
export { type Prompt, promptVersion, withProblems } from './prompts/prompt.js';
export { type PruneDeps, type Pruned, prune } from './retention/prune.js';
export {
  type Cutoff,
  cutoffOf,
  type GoneDay,
  type RetentionAges,
  type RetentionKind,
  type RetentionRepository,
  retentionKinds,
} from './retention/retention.js';
export { type PlanDueDaysDeps, planDueDays } from './schedule/plan-due-days.js';
export { minuteOf } from './schedule/planning.js';
export { dateText, instantText, minuteAsText, minuteText } from './schemas.js';
export {
  type Amount,
  type Budget,
  type Cap,
  type CappedSum,
  type Expected,
  hasCaps,
  type SpendingKey,
  sumsOf,
} from './spending/budget.js';
export {
  type AuthorAccess,
  type Billed,
  type CallEnd,
  type CallStep,
  type CostQuery,
  type CostRow,
  callSteps,
  type LedgerRepository,
  type OpenedCall,
  type PlannedCall,
  sumName,
} from './spending/ledger.js';
export {
  costOf,
  hasPrice,
  knownSum,
  type ListedPrice,
  type PriceTable,
  pricedModel,
} from './spending/prices.js';
export type {
  BegunChapter,
  CharacterRecord,
  CharacterRepository,
  DayRepository,
  DueCharacter,
  ExclusiveWork,
  GenerationNeeds,
  GenerationRepository,
  InteractionRepository,
  ListPlace,
  ListQuery,
  MajorEventRepository,
  NightlyGeneration,
  PlannedDay,
  Repositories,
  RequestRepository,
  StepRow,
  Store,
  StoredBrief,
  StoredRequest,
} from './store.js';
export { readTime } from './times/plan-times.js';
export { type ExportCharacterDeps, exportCharacter } from './transfer/export-character.js';
export {
  type ImportCharacterDeps,
  type Imported,
  importCharacter,
} from './transfer/import-character.js';
export type { CarriedDay, CarriedIds, TransferRepository } from './transfer/transfer.js';
export { describeIssues } from './validation-issues.js';
