import type { Channel, ChannelAddress } from './channel.js';
import { anyBody, post } from './post.js';

/** The operator's own program, which receives the whole message as JSON. */
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
