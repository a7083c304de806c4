import { TexasError } from '@texas-ai/kernel';
import type { Channel, ChannelAddress } from './channel.js';
import { truncateBytes } from './message-text.js';
import { anyBody, post } from './post.js';

/** Apple accepts 4 KB in total. */
const maxBytes = 3_500;

/**
 * Bark on an iPhone. The URL is the one that the app shows, https://api.day.app/<device key>, or that of a self-hosted
 * server, possibly with a path prefix.
 */
export function makeBark({ url }: ChannelAddress): Channel {
  const address = new URL(url);
  const path = partsOf(address);
  const deviceKey = path.pop();
  const pushUrl = new URL(['', ...path, 'push'].join('/'), address).href;
  return {
    name: 'bark',
    rateLimit: { messages: 10, seconds: 1 },
    async send({ title, text, level, over }, signal) {
      if (deviceKey === undefined) {
        throw new TexasError('alert_failed', 'ALERT_BARK_URL lacks the device key as its path.');
      }
      return post(
        pushUrl,
        {
          device_key: deviceKey,
          title,
          body: truncateBytes(text, maxBytes),
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
