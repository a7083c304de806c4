import { createHmac } from 'node:crypto';
import type { Channel, ChannelAddress } from './channel.js';
import { escapeFullWidth, markdownOf } from './message-text.js';
import { hasNumber, post } from './post.js';

/** 钉钉自定义机器人. */
export function makeDingtalk({ url, secret }: ChannelAddress, now = Date.now): Channel {
  return {
    name: 'dingtalk',
    // Its limit is 20 in any 60 s, which overlap at most four windows of 20 s. Exceeding it blocks the robot for 10 min.
    rateLimit: { messages: 5, seconds: 20 },
    send: (message, signal) =>
      post(
        secret === null ? url : signed(url, secret, now()),
        {
          msgtype: 'markdown',
          markdown: {
            title: escapeFullWidth(message.title),
            text: markdownOf(message, escapeFullWidth),
          },
        },
        { isSuccess: hasNumber('errcode', 0), signal },
      ),
  };
}

/** `timestamp` is in epoch milliseconds; the signature is valid for an hour. */
function signed(url: string, secret: string, timestamp: number): string {
  const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  const address = new URL(url);
  address.searchParams.set('timestamp', String(timestamp));
  address.searchParams.set('sign', sign);
  return address.href;
}
