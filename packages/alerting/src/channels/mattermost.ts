import type { Channel, ChannelAddress } from './channel.js';
import { escapeBackslash, markdownOf } from './message-text.js';
import { post } from './post.js';

/** An incoming webhook of a Mattermost server. */
export function makeMattermost({ url }: ChannelAddress): Channel {
  return {
    name: 'mattermost',
    rateLimit: { messages: 10, seconds: 1 },
    send: (message, signal) =>
      post(
        url,
        { text: markdownOf(message, escapeBackslash), username: 'Texas AI' },
        { isSuccess: (body) => body.trim() === 'ok', signal },
      ),
  };
}
