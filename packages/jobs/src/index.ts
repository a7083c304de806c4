export {
  type Announcement,
  type Announcements,
  type Announcer,
  announceProgress,
  listenToAnnouncements,
  makeAnnouncer,
} from './announcements.js';
export { type CallBucketOptions, makeCallBucket } from './call-bucket.js';
export { connectConsumer, connectProducer, untilReady } from './connection.js';
export { type Consumer, type ConsumerOptions, type Handlers, makeConsumer } from './consumer.js';
export { jobs, type QueueName, queueNames } from './definitions.js';
export {
  type Fleet,
  type FleetWorker,
  makeFleet,
  neglectedQueues,
  startReporting,
} from './fleet.js';
export { jobId, makeProducer, type Producer } from './producer.js';
export { openQueues, type Queues } from './queues.js';
export { makeRateLimiter } from './rate-limiter.js';
export { assertRedisSupported } from './redis-server.js';
export { restoreSchedules, type Schedule } from './schedules.js';
