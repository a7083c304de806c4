import { TexasError } from '@texas-ai/kernel';
import type { Channel, ChannelAddress } from '../channel.js';
import { plainTextOf } from '../markdown.js';
import { mailServerOf } from './mail-server.js';

/** Longest that a mail may take in all, in milliseconds. */
const longestMs = 30_000;

/** Mail by SMTP: smtps://user:password@host:465/?from=texas@example.org&to=me@example.org */
export function makeEmail({ url }: ChannelAddress, deadlineMs = longestMs): Channel {
  return {
    name: 'email',
    pace: { messages: 20, seconds: 60 },
    async send(message, signal) {
      const address = new URL(url);
      const to = address.searchParams.get('to');
      if (!to) {
        throw new TexasError(
          'alert_failed',
          'ALERT_EMAIL_URL lacks ?to=, the address to write to.',
        );
      }
      const from = address.searchParams.get('from') || to;
      const { createTransport } = await import('nodemailer');
      const transport = createTransport(mailServerOf(address));
      try {
        const { response } = await transport.sendMail({
          from,
          to,
          subject: message.title,
          text: plainTextOf(message),
          signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
        });
        return response;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
        throw new TexasError('alert_failed', `The mail was not taken (${code}).`);
      } finally {
        transport.close();
      }
    },
  };
}
