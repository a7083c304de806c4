import { TexasError } from '@texas-ai/kernel';
import type { Channel, ChannelAddress } from './channel.js';
import { smtpOptions } from './mail-server.js';
import { plainTextOf } from './message-text.js';

/** Milliseconds for sending a mail. */
const defaultTimeoutMs = 30_000;

/** Email over SMTP: smtps://user:password@host:465/?from=texas@example.org&to=me@example.org */
export function makeEmail({ url }: ChannelAddress, timeoutMs = defaultTimeoutMs): Channel {
  return {
    name: 'email',
    rateLimit: { messages: 20, seconds: 60 },
    async send(message, signal) {
      const address = new URL(url);
      const to = address.searchParams.get('to');
      if (!to) {
        throw new TexasError('alert_failed', 'ALERT_EMAIL_URL lacks ?to=, the recipient.');
      }
      const from = address.searchParams.get('from') || to;
      const { createTransport } = await import('nodemailer');
      const transport = createTransport(smtpOptions(address));
      try {
        const { response } = await transport.sendMail({
          from,
          to,
          subject: message.title,
          text: plainTextOf(message),
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        });
        return response;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
        throw new TexasError('alert_failed', `The mail was not accepted (${code}).`);
      } finally {
        transport.close();
      }
    },
  };
}
