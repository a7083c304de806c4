import { TexasError } from '@texas-ai/kernel';
import type { Route } from '../routing.js';
import { hasDeviceKey, makeBark } from './bark.js';
import type { Channel, ChannelAddress } from './channel.js';
import { makeDingtalk } from './dingtalk.js';
import { makeEmail } from './email.js';
import { makeFeishu } from './feishu.js';
import { makeMattermost } from './mattermost.js';
import { makeSlack } from './slack.js';
import { makeWebhook } from './webhook.js';
import { makeWecom } from './wecom.js';

/** Channels by their names in the configuration. To add one, add a file and a line here. */
const factories = {
  wecom: makeWecom,
  dingtalk: makeDingtalk,
  feishu: makeFeishu,
  slack: makeSlack,
  mattermost: makeMattermost,
  bark: makeBark,
  email: makeEmail,
  webhook: makeWebhook,
} as const satisfies Record<string, (address: ChannelAddress) => Channel>;

export type ChannelName = keyof typeof factories;

export const channelNames = Object.keys(factories) as ChannelName[];

function isChannelName(name: string): name is ChannelName {
  return Object.hasOwn(factories, name);
}

/** The configuration of channels, by their names in lower case. */
export interface ChannelSettings {
  urls: Readonly<Record<string, string>>;
  secrets: Readonly<Record<string, string>>;
  routes: readonly Route[];
}

/**
 * Returns the configured channels. Throws `config_invalid` with a line in `details.problems` for each unknown channel,
 * unusable URL and unused secret.
 */
export function makeChannels(settings: ChannelSettings): Channel[] {
  const problems = problemsOf(settings);
  if (problems.length > 0) {
    throw new TexasError('config_invalid', 'The alert channels are not configured properly.', {
      details: { problems },
    });
  }
  return Object.entries(settings.urls).flatMap(([name, url]) =>
    isChannelName(name) ? factories[name]({ url, secret: settings.secrets[name] ?? null }) : [],
  );
}

function problemsOf({ urls, secrets, routes }: ChannelSettings): string[] {
  const expected = `expected ${channelNames.join(' or ')}`;
  return [
    ...Object.keys(urls)
      .filter((name) => !isChannelName(name))
      .map((name) => `${settingOf('urls', name)}: unknown channel, ${expected}`),
    ...Object.entries(urls).flatMap(([name, url]) =>
      isChannelName(name) ? urlProblems(name, new URL(url)) : [],
    ),
    ...Object.keys(secrets)
      .filter((name) => isChannelName(name) && !signing.includes(name))
      .map(
        (name) => `${settingOf('secrets', name)}: expected none, ${name} does not sign messages`,
      ),
    ...Object.keys(secrets)
      .filter((name) => !isChannelName(name) || signing.includes(name))
      .filter((name) => !Object.hasOwn(urls, name))
      .map((name) => `${settingOf('secrets', name)}: expected with ${settingOf('urls', name)}`),
    ...routes.flatMap(({ channels }, index) =>
      channels
        .filter((name) => !isChannelName(name))
        .map((name) => `alerts.routes.${index}.channels: ${expected}, got ${name}`),
    ),
  ];
}

/** Channels that sign messages; the secret of another channel would have no effect. */
const signing: readonly ChannelName[] = ['dingtalk', 'feishu'];

/** Otherwise an unusable URL would only be noticed when the first alert is sent. */
function urlProblems(name: ChannelName, address: URL): string[] {
  const setting = settingOf('urls', name);
  const schemes = name === 'email' ? ['smtp://', 'smtps://'] : ['http://', 'https://'];
  if (!schemes.includes(`${address.protocol}//`)) {
    return [`${setting}: expected a URL that starts with ${schemes.join(' or ')}`];
  }
  if (name === 'email' && !address.searchParams.get('to')) {
    return [`${setting}: expected ?to= with the recipient`];
  }
  if (name === 'bark' && !hasDeviceKey(address)) {
    return [`${setting}: expected the device key as the path`];
  }
  return [];
}

const variables = { urls: 'URL', secrets: 'SECRET' };

/** The name of a setting in the environment and in YAML. */
function settingOf(kind: keyof typeof variables, name: string): string {
  return `ALERT_${name.toUpperCase()}_${variables[kind]} or alerts.${kind}.${name}`;
}
