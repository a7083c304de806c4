import { makeChannels, reasonOf } from '@texas-ai/alerting';
import { secretsOf } from '@texas-ai/config';
import { systemClock, TexasError } from '@texas-ai/kernel';
import { makeRedactor } from '@texas-ai/logging';
import type { CliDeps } from './deps.js';

/** Max length of a channel's response in the output, in characters. */
const maxResponse = 300;

/**
 * Sends a test alert to every channel and prints the responses. Returns 1 if a channel failed.
 * Throws `config_invalid` if no channel, or an unknown one, is configured.
 */
export async function testAlerts({ config, output }: CliDeps): Promise<number> {
  const channels = makeChannels(config.alerts);
  if (channels.length === 0) {
    throw new TexasError(
      'config_invalid',
      'No alert channel is configured: set ALERT_WEBHOOK_URL, ALERT_WECOM_URL or another.',
    );
  }
  const redact = makeRedactor(secretsOf(config)).text;
  const { signal } = new AbortController();
  let failed = 0;
  for (const channel of channels) {
    try {
      const response = await channel.send(
        {
          title: 'Texas AI: test alert',
          text: 'Alerts will arrive here. · 告警会发到这里。',
          level: 'warning',
          kind: 'test',
          subject: 'test',
          code: null,
          count: 1,
          over: false,
          at: systemClock.now(),
        },
        signal,
      );
      output.result(`${channel.name}: sent (${redact(response).slice(0, maxResponse)})`);
    } catch (error) {
      failed += 1;
      output.result(`${channel.name}: failed. ${reasonOf(error, redact)}`);
    }
  }
  return failed === 0 ? 0 : 1;
}
