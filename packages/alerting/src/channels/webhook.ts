import type { Channel, ChannelAddress } from '../channel.js';
import { anyBody, post } from '../post.js';

/** Any program of the operator's: everything that a message says, as JSON. */
export function makeWebhook({ url }: ChannelAddress): Channel {
  return {
    name: 'webhook',
    pace: { messages: 20, seconds: 1 },
    send: ({ text, at, ...facts }, signal) =>
      post(
        url,
        { ...facts, message: text, timestamp: at.toString() },
        { isSuccess: anyBody, signal },
      ),
  };
}
