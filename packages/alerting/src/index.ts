// Alerts: `make-alerts.ts` raises and ends them, `delivery/` sends each to the channels of its route, and `channels/` has
// the channels.

export type { Alert, Delivery, DeliveryKey, Phase } from './alert.js';
export type { Channel, Message, RateLimit } from './channels/channel.js';
export { channelNames, makeChannels } from './channels/index.js';
export { type DeliverDeps, deliver, deliveryDelayMs, reasonOf } from './delivery/deliver.js';
export { messageOf } from './delivery/message.js';
export { type AlertsDeps, logAlert, makeAlerts, type StoredAlerts } from './make-alerts.js';
export type { AlertChanges, AlertRepository } from './repository.js';
export { channelsFor, type Route } from './routing.js';
