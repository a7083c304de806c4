export {
  buildChapterBrief,
  buildDayBrief,
  buildGeneration,
  buildPlan,
  buildPlanDraft,
  buildProfile,
  buildSlots,
} from './builders.js';
export { type DebianProgram, findDebianProgram } from './debian-program.js';
export type { GeminiBehaviour } from './fake-gemini/behaviour.js';
export { type GeminiRefusal, geminiRefusals } from './fake-gemini/refusals.js';
export type { GeminiCall } from './fake-gemini/request.js';
export { type FakeGemini, type FakeGeminiOptions, startFakeGemini } from './fake-gemini/server.js';
export { fakeOnly } from './fake-only.js';
export {
  type FakeQWeather,
  type QWeatherDay,
  type QWeatherResponse,
  startFakeQWeather,
} from './fake-qweather.js';
export { type FakeSmtp, type ReceivedMail, startFakeSmtp } from './fake-smtp.js';
export { type FakeWebhook, startFakeWebhook, type WebhookResponse } from './fake-webhook.js';
export { freePort } from './free-port.js';
export { type LoggedLine, makeLogSpy } from './logger.js';
export { type LoopbackServer, startLoopbackServer } from './loopback-server.js';
export { type MemoryQueue, makeMemoryQueue } from './memory-queue.js';
export { type PgBouncer, type PgBouncerOptions, startPgBouncer } from './pgbouncer.js';
export { makeScriptedAuthor, type ScriptedAuthor } from './scripted-author.js';
export { type StallingProxy, startStallingProxy } from './stalling-proxy.js';
export { buildBudget, buildStepDeps } from './step-deps.js';
export {
  makeTestDatabase,
  prepareTemplate,
  type TestDatabase,
  type TestServices,
  testServices,
  testServiceVariables,
} from './test-database.js';
export { startTestRedis, type TestRedis, testRedisProgram } from './test-redis.js';
export { startTestServices } from './test-services.js';
export { until } from './until.js';
