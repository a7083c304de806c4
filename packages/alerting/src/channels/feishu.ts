import { createHmac } from 'node:crypto';
import type { Channel, ChannelAddress } from '../channel.js';
import { fullWidth, plainTextOf } from '../markdown.js';
import { numbered, post } from '../post.js';

/** 飞书自定义机器人. */
export function makeFeishu({ url, secret }: ChannelAddress, now = Date.now): Channel {
  return {
    name: 'feishu',
    // It takes 5 in any second, which touches at most two windows, and 100 in any minute.
    pace: { messages: 2, seconds: 2 },
    send: (message, signal) =>
      post(
        url,
        {
          ...(secret !== null && signature(secret, Math.floor(now() / 1000))),
          msg_type: 'text',
          content: { text: withoutMentions(plainTextOf(message)) },
        },
        { isSuccess: numbered('code', 0), signal },
      ),
  };
}

/** Its plain text is plain but for `<at user_id="all">`, which calls everybody. */
function withoutMentions(text: string): string {
  return text.replace(/<(?=\s*\/?\s*at\b)/gi, fullWidth);
}

/** `timestamp` is in epoch seconds; the signature holds for an hour. */
function signature(secret: string, timestamp: number) {
  const sign = createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
  return { timestamp: String(timestamp), sign };
}
