import type { AlertKind, AlertLevel, ErrorCode, Temporal } from '@texas-ai/kernel';

/** What a channel says. */
export interface Message {
  title: string;
  /** Lines of plain text. */
  text: string;
  level: AlertLevel;
  /** For programs: what it tells of, the code of the failure behind it, and how often it was met so far. */
  kind: AlertKind | 'test';
  subject: string;
  code: ErrorCode | null;
  count: number;
  /** Whether it tells of the end of a trouble. */
  over: boolean;
  at: Temporal.Instant;
}

/** How many messages a channel takes in a time. */
export interface Pace {
  messages: number;
  /** Whole seconds. */
  seconds: number;
}

/** One way to reach people. */
export interface Channel {
  readonly name: string;
  readonly pace: Pace;
  /**
   * Answers what the other side said, in one line. Rejects with `alert_failed`, soon where `signal` is
   * aborted; where the other side answered, `details` hold its `status` and its `answer`.
   */
  send(message: Message, signal: AbortSignal): Promise<string>;
}

/** Where a channel is found, and what it signs with where it does. */
export interface ChannelAddress {
  url: string;
  secret: string | null;
}
