export {
  type Announcement,
  type Announcements,
  type Announcer,
  listenToAnnouncements,
  makeAnnouncer,
} from './announcements.js';
export { type CallBucketOptions, makeCallBucket } from './call-bucket.js';
export { connectConsumer, connectProducer, untilReady } from './connection.js';
export {
  type Consumer,
  type ConsumerOptions,
  type Handler,
  type Handlers,
  type JobContext,
  makeConsumer,
} from './consumer.js';
export { type QueueName, queueNames } from './definition.js';
export {
  type Fleet,
  type FleetWorker,
  keepReporting,
  makeFleet,
  neglectedQueues,
} from './fleet.js';
export { makePace } from './pace.js';
export { type AlertMessage, jobId, makeProducer, type Producer, queueOf } from './producer.js';
export { openQueues, type Queues } from './queues.js';
export { assertRedisSupported } from './redis-server.js';
export { type JobName, type JobPayload, jobs } from './registry.js';
export { restoreSchedules, type Schedule } from './schedules.js';
export { tellProgress } from './tell-progress.js';
