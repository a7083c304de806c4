import { createHmac } from 'node:crypto';
import type { Channel, ChannelAddress } from '../channel.js';
import { plainTextOf } from '../markdown.js';
import { numbered, post } from '../post.js';

/** 飞书自定义机器人. */
export function makeFeishu({ url, secret }: ChannelAddress, now = Date.now): Channel {
  return {
    name: 'feishu',
    pace: { messages: 5, seconds: 1 },
    send: (message, signal) =>
      post(
        url,
        {
          ...(secret !== null && signature(secret, Math.floor(now() / 1000))),
          msg_type: 'text',
          content: { text: plainTextOf(message) },
        },
        { isSuccess: numbered('code', 0), signal },
      ),
  };
}

/** `timestamp` is in epoch seconds; the signature holds for an hour. */
function signature(secret: string, timestamp: number) {
  const sign = createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
  return { timestamp: String(timestamp), sign };
}
