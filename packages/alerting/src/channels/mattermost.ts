import type { Channel, ChannelAddress } from '../channel.js';
import { backslashed, markdownOf } from '../markdown.js';
import { post } from '../post.js';

/** An incoming webhook of a Mattermost server. */
export function makeMattermost({ url }: ChannelAddress): Channel {
  return {
    name: 'mattermost',
    pace: { messages: 10, seconds: 1 },
    send: (message, signal) =>
      post(
        url,
        { text: markdownOf(message, backslashed), username: 'Texas AI' },
        { isSuccess: (body) => body.trim() === 'ok', signal },
      ),
  };
}
