import type { Channel, ChannelAddress } from '../channel.js';
import { anyBody, post } from '../post.js';

/** Any program of the operator's: `{ title, message, level, timestamp }`, and whether it is over. */
export function makeWebhook({ url }: ChannelAddress): Channel {
  return {
    name: 'webhook',
    pace: { messages: 20, seconds: 1 },
    send: ({ title, text, level, over, at }, signal) =>
      post(
        url,
        { title, message: text, level, over, timestamp: at.toString() },
        { isSuccess: anyBody, signal },
      ),
  };
}
