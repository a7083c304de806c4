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
export { type QueueName, queueNames } from './definition.js';
export {
  type Fleet,
  type FleetWorker,
  keepReporting,
  makeFleet,
  neglectedQueues,
} from './fleet.js';
export { jobId, makeProducer, type Producer, queueOf } from './producer.js';
export { openQueues, type Queues } from './queues.js';
export { type JobName, type JobPayload, jobs } from './registry.js';
export { tellProgress } from './tell-progress.js';
