import type { Channel, ChannelAddress } from './channel.js';
import { plainTextOf } from './message-text.js';
import { post } from './post.js';

export function makeSlack({ url }: ChannelAddress): Channel {
  return {
    name: 'slack',
    // Its limit is one per second. A window starts with its first message, so messages are a second apart.
    rateLimit: { messages: 1, seconds: 1 },
    send: (message, signal) =>
      post(
        url,
        { text: escaped(plainTextOf(message)) },
        { isSuccess: (body) => body.trim() === 'ok', signal },
      ),
  };
}

/** https://docs.slack.dev/messaging/formatting-message-text/#escaping */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
