export {
  type Author,
  type AuthorCall,
  type AuthorName,
  authorNames,
  type CallUsage,
} from './author.js';
export type { ChapterBrief, DayBrief, Yesterday } from './brief.js';
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
export { type MajorEvent, type MajorEventDay, majorEventSchema } from './major-event.js';
export {
  type Chapter,
  type Plan,
  planSchema,
  type ScheduleItem,
  type Slot,
  slotSchema,
} from './plan.js';
export {
  type Activity,
  type Category,
  categories,
  type Language,
  languages,
  majorEventKinds,
  type Place,
  type Profile,
  profileSchema,
} from './profile.js';
export {
  type Weather,
  type WeatherCondition,
  type WeatherRequest,
  type WeatherSource,
  weatherConditions,
  weatherSchema,
} from './weather.js';
export { dateText, minuteAsText, minuteText } from './words.js';
