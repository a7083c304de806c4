import type { Channel, ChannelAddress } from '../channel.js';
import { markdownOf, widened } from '../markdown.js';
import { numbered, post } from '../post.js';

const mostBytes = 2048;

/** 企业微信群机器人: https://developer.work.weixin.qq.com/document/path/91770 */
export function makeWecom({ url }: ChannelAddress): Channel {
  return {
    name: 'wecom',
    // It takes 20 in any 60 s, which touch at most four windows of 20 s.
    pace: { messages: 5, seconds: 20 },
    send: (message, signal) =>
      post(
        url,
        { msgtype: 'markdown', markdown: { content: markdownOf(message, widened, mostBytes) } },
        { isSuccess: numbered('errcode', 0), signal },
      ),
  };
}
