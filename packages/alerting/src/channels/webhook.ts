import type { Channel, ChannelAddress } from './channel.js';
import { anyBody, post } from './post.js';

/** A program of the operator's: gets the whole message as JSON. */
export function makeWebhook({ url }: ChannelAddress): Channel {
  return {
    name: 'webhook',
    rateLimit: { messages: 20, seconds: 1 },
    send: ({ text, at, ...facts }, signal) =>
      post(
        url,
        { ...facts, message: text, timestamp: at.toString() },
        { isSuccess: anyBody, signal },
      ),
  };
}
