import { createHmac } from 'node:crypto';
import type { Channel, ChannelAddress } from './channel.js';
import { fullWidth, plainTextOf } from './message-text.js';
import { hasNumber, post } from './post.js';

/** 飞书自定义机器人. */
export function makeFeishu({ url, secret }: ChannelAddress, now = Date.now): Channel {
  return {
    name: 'feishu',
    // Its limit is 5 in any second, which overlaps at most two windows, and 100 in any minute.
    rateLimit: { messages: 2, seconds: 2 },
    send: (message, signal) =>
      post(
        url,
        {
          ...(secret !== null && signature(secret, Math.floor(now() / 1000))),
          msg_type: 'text',
          content: { text: withoutMentions(plainTextOf(message)) },
        },
        { isSuccess: hasNumber('code', 0), signal },
      ),
  };
}

/** Even in plain text `<at user_id="all">` mentions everybody. */
function withoutMentions(text: string): string {
  return text.replace(/<(?=\s*\/?\s*at\b)/gi, fullWidth);
}

/** `timestamp` is in epoch seconds; the signature is valid for an hour. */
function signature(secret: string, timestamp: number) {
  const sign = createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
  return { timestamp: String(timestamp), sign };
}
