export {
  type Announcement,
  type Announcements,
  type Announcer,
  listenToAnnouncements,
  makeAnnouncer,
} from './announcements.js';
export { connectConsumer, connectProducer, untilReady } from './connection.js';
export {
  type Consumer,
  type ConsumerOptions,
  type Handler,
  type Handlers,
  type JobContext,
  makeConsumer,
  type Settlement,
} from './consumer.js';
export type { QueueName } from './definition.js';
export { jobId, makeProducer, type Producer, queueOf } from './producer.js';
export { type JobName, type JobPayload, jobs } from './registry.js';
export { tellProgress } from './tell-progress.js';
