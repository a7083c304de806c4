import type { AlertKind, AlertLevel, ErrorCode, Temporal } from '@texas-ai/kernel';

/** A message to a channel. */
export interface Message {
  title: string;
  /** Lines of plain text. */
  text: string;
  level: AlertLevel;
  /** For programs: the alert, the code of the failure that caused it, and how often it was raised so far. */
  kind: AlertKind | 'test';
  subject: string;
  code: ErrorCode | null;
  count: number;
  /** Whether the message is about the end of the alert. */
  over: boolean;
  at: Temporal.Instant;
}

/** How many messages a channel accepts in a time window. */
export interface RateLimit {
  messages: number;
  /** Whole seconds. */
  seconds: number;
}

/** One way to reach people. */
export interface Channel {
  readonly name: string;
  readonly rateLimit: RateLimit;
  /**
   * Returns the response in one line. Rejects with `alert_failed`, promptly if `signal` aborts; if there was a response,
   * `details` have its `status` and `answer`.
   */
  send(message: Message, signal: AbortSignal): Promise<string>;
}

/** The URL of a channel, and the secret to sign messages with, if any. */
export interface ChannelAddress {
  url: string;
  secret: string | null;
}
