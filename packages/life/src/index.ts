export { type AskAuthorDeps, mostCallsOf, triesPerStep } from './ask-author.js';
export {
  type Author,
  type AuthorCall,
  type AuthorName,
  type Authors,
  authorNames,
  type CallContext,
  type CallUsage,
} from './author.js';
export {
  type AuthorFailureCode,
  authorFailure,
  isProbed,
  type ProbedCode,
  policyOf,
  probedCodes,
} from './author-failures.js';
export type { ChapterBrief, DayBrief, Yesterday } from './brief.js';
export {
  type Amount,
  type Budget,
  type Cap,
  type CappedSum,
  type Expected,
  hasCaps,
  type SpendingKey,
  sumsOf,
} from './budget.js';
export {
  type CallBucket,
  type CallMeter,
  type CallMeterDeps,
  makeCallMeter,
  type Quotas,
} from './call-meter.js';
export { cancelGeneration } from './cancel-generation.js';
export { type CheckedChapter, checkChapter } from './chapter-rules.js';
export { groupChapters } from './chapters.js';
export { characterRecords } from './character-records.js';
export {
  type Day,
  type DayItem,
  type DaySummary,
  daySchema,
  daySummarySchema,
  type Experience,
} from './day.js';
export { type DayType, dayTypeOf, dayTypes } from './day-type.js';
export {
  type ChapterDraft,
  chapterDraftSchema,
  type ItemDraft,
  type PlanDraft,
  planDraftSchema,
  type SlotText,
} from './draft.js';
export { type Level, levels } from './draft-fields.js';
export { type ExportCharacterDeps, exportCharacter } from './export-character.js';
export {
  type Generation,
  type GenerationStatus,
  type GenerationView,
  generationSchema,
  generationStatuses,
  inFlightStatuses,
  isInFlight,
  viewOf,
} from './generation.js';
export { giveUpHeld } from './give-up-held.js';
export {
  type AuthorHold,
  type HeldAccess,
  type HoldRepository,
  holdOf,
  holds,
  isHeld,
  whoRests,
} from './holds.js';
export { type ImportCharacterDeps, type Imported, importCharacter } from './import-character.js';
export {
  type Interaction,
  type InteractionStatus,
  interactionSchema,
  interactionStatuses,
} from './interaction.js';
export { describeIssues } from './issues.js';
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
} from './ledger.js';
export {
  type MajorEvent,
  type MajorEventDay,
  type MajorEventRecord,
  majorEventDay,
  majorEventOn,
  majorEventRecordSchema,
  majorEventSchema,
} from './major-event.js';
export type { Mend, MendRule, Problem } from './mend.js';
export { probeAuthor } from './metered-call.js';
export { type Moment, momentOf, momentSchema, whenIs } from './moment.js';
export {
  type Chapter,
  type Plan,
  planSchema,
  type ScheduleItem,
  type Slot,
  slotSchema,
} from './plan.js';
export { type PlanDayDeps, planDay } from './plan-day.js';
export { type PlanDueDaysDeps, planDueDays } from './plan-due-days.js';
export { brokenRules, matterOfTaste } from './plan-rules.js';
export { readTime } from './plan-times.js';
export { minuteOf } from './planning.js';
export {
  costOf,
  hasPrice,
  knownSum,
  type ListedPrice,
  type PriceTable,
  pricedModel,
} from './prices.js';
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
} from './profile.js';
export { parseProfile, profileHash } from './profile-file.js';
export {
  type OnProgress,
  type ProgressEvent,
  progressEventSchema,
  progressOf,
  progressSince,
} from './progress.js';
export { chapterPrompt } from './prompts/chapter-prompt.js';
export { planPrompt } from './prompts/plan-prompt.js';
export { type Prompt, promptVersion, withProblems } from './prompts/prompt.js';
export { type PruneDeps, type Pruned, prune } from './prune.js';
export { announceForgotten, type PublishDayDeps, publishDay } from './publish-day.js';
export { type PlanFrame, type RepairedPlan, repairPlan } from './repair.js';
export {
  type GenerationRequest,
  type RequestGenerationDeps,
  requestGeneration,
} from './request-generation.js';
export {
  type Cutoff,
  cutoffOf,
  type GoneDay,
  type RetentionAges,
  type RetentionKind,
  type RetentionRepository,
  retentionKinds,
} from './retention.js';
export { kindOf, retryDelayMs } from './retry.js';
export { rewriteFallbacks } from './rewrite-fallbacks.js';
export { cutSlots } from './slots.js';
export {
  type FailedStep,
  type GivenUp,
  type Settlement,
  type StepFailureDeps,
  settleFailure,
} from './step-failure.js';
export { type JobState, type Step, type StepQueue, stepsOf } from './steps.js';
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
export { takeUpLost } from './take-up-lost.js';
export type { CarriedDay, CarriedIds, TransferRepository } from './transfer.js';
export { wakingHours } from './waking-hours.js';
export {
  type Weather,
  type WeatherCondition,
  type WeatherRequest,
  type WeatherSource,
  weatherConditions,
  weatherSchema,
} from './weather.js';
export { dateText, instantText, minuteAsText, minuteText } from './words.js';
export { type WriteChapterDeps, writeChapter } from './write-chapter.js';
