import type { Channel, ChannelAddress } from './channel.js';
import { escapeFullWidth, markdownOf } from './message-text.js';
import { hasNumber, post } from './post.js';

const maxBytes = 2048;

/** 企业微信群机器人: https://developer.work.weixin.qq.com/document/path/91770 */
export function makeWecom({ url }: ChannelAddress): Channel {
  return {
    name: 'wecom',
    // Its limit is 20 in any 60 s, which overlap at most four windows of 20 s.
    rateLimit: { messages: 5, seconds: 20 },
    send: (message, signal) =>
      post(
        url,
        {
          msgtype: 'markdown',
          markdown: { content: markdownOf(message, escapeFullWidth, maxBytes) },
        },
        { isSuccess: hasNumber('errcode', 0), signal },
      ),
  };
}
