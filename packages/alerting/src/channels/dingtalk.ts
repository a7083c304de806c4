import { createHmac } from 'node:crypto';
import type { Channel, ChannelAddress } from '../channel.js';
import { markdownOf, widened } from '../markdown.js';
import { numbered, post } from '../post.js';

/** 钉钉自定义机器人. */
export function makeDingtalk({ url, secret }: ChannelAddress, now = Date.now): Channel {
  return {
    name: 'dingtalk',
    // It takes 20 in any 60 s, which touch at most four windows of 20 s, and nothing for ten minutes
    // after one more.
    pace: { messages: 5, seconds: 20 },
    send: (message, signal) =>
      post(
        secret === null ? url : signed(url, secret, now()),
        {
          msgtype: 'markdown',
          markdown: { title: widened(message.title), text: markdownOf(message, widened) },
        },
        { isSuccess: numbered('errcode', 0), signal },
      ),
  };
}

/** `timestamp` is in epoch milliseconds; the signature holds for an hour. */
function signed(url: string, secret: string, timestamp: number): string {
  const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  const address = new URL(url);
  address.searchParams.set('timestamp', String(timestamp));
  address.searchParams.set('sign', sign);
  return address.href;
}
