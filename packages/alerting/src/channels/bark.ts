import { TexasError } from '@texas-ai/kernel';
import type { Channel, ChannelAddress } from '../channel.js';
import { cutBytes } from '../markdown.js';
import { anyBody, post } from '../post.js';

/** Apple takes 4 KB of everything together. */
const mostBytes = 3_500;

/**
 * Bark on an iPhone. The address is as the app shows it, https://api.day.app/<device key>, or that of
 * a server of one's own, which may lie under a path.
 */
export function makeBark({ url }: ChannelAddress): Channel {
  const address = new URL(url);
  const path = partsOf(address);
  const deviceKey = path.pop();
  const pushUrl = new URL(['', ...path, 'push'].join('/'), address).href;
  return {
    name: 'bark',
    pace: { messages: 10, seconds: 1 },
    async send({ title, text, level, over }, signal) {
      if (deviceKey === undefined) {
        throw new TexasError('alert_failed', 'ALERT_BARK_URL lacks the device key as its path.');
      }
      return post(
        pushUrl,
        {
          device_key: deviceKey,
          title,
          body: cutBytes(text, mostBytes),
          group: 'Texas AI',
          level: level === 'error' && !over ? 'timeSensitive' : 'active',
        },
        { isSuccess: anyBody, signal },
      );
    },
  };
}

export function hasDeviceKey(address: URL): boolean {
  return partsOf(address).length > 0;
}

function partsOf({ pathname }: URL): string[] {
  return pathname.split('/').filter(Boolean);
}
