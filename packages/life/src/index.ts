export { type Authors, triesPerStep } from './ask-author.js';
export {
  type Author,
  type AuthorCall,
  type AuthorName,
  authorNames,
  type CallUsage,
} from './author.js';
export type { ChapterBrief, DayBrief, Yesterday } from './brief.js';
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
  type Level,
  levels,
  type PlanDraft,
  planDraftSchema,
  type SlotText,
} from './draft.js';
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
export {
  type Interaction,
  type InteractionStatus,
  interactionSchema,
  interactionStatuses,
} from './interaction.js';
export { describeIssues } from './issues.js';
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
export { brokenRules, matterOfTaste } from './plan-rules.js';
export { readTime } from './plan-times.js';
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
export { type PublishDayDeps, publishDay } from './publish-day.js';
export { type PlanFrame, type RepairedPlan, repairPlan } from './repair.js';
export {
  type GenerationRequest,
  type RequestGenerationDeps,
  requestGeneration,
} from './request-generation.js';
export { resumeGeneration } from './resume-generation.js';
export { isRetryable, retryDelayMs } from './retry.js';
export { cutSlots } from './slots.js';
export { settleFailure } from './step-failure.js';
export type { Step, StepQueue } from './steps.js';
export type {
  BegunChapter,
  CharacterRecord,
  CharacterRepository,
  DayRepository,
  GenerationNeeds,
  GenerationRepository,
  InteractionRepository,
  ListPlace,
  ListQuery,
  MajorEventRepository,
  PlannedDay,
  Repositories,
  RequestRepository,
  Store,
  StoredBrief,
  StoredRequest,
} from './store.js';
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
