// Alerts: `make-alerts.ts` raises and ends them, `delivery/` sends each to the channels of its route, and `channels/` has
// the channels.

export type { Alert, DeliveryKey } from './alert.js';
export type { Channel, Message } from './channels/channel.js';
export { makeChannels } from './channels/index.js';
export { type DeliverDeps, deliver, deliveryDelayMs, reasonOf } from './delivery/deliver.js';
export { messageOf } from './delivery/message.js';
export { logAlert, makeAlerts } from './make-alerts.js';
export type { AlertChanges, AlertRepository } from './repository.js';
export { channelsFor, type Route } from './routing.js';
