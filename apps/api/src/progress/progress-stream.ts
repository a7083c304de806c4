import type { IncomingMessage, ServerResponse } from 'node:http';
import { isInFlight, type ProgressEvent, progressSince } from '@texas-ai/life';
import { createEventBuffer, Session } from 'better-sse';

/** What a client should wait before it comes again, in milliseconds. */
const retryMs = 2_000;
/** A client that leaves so much unread is cut off, in bytes. */
const mostUnread = 256 * 1024;

const heartbeat = createEventBuffer().comment().dispatch();
const comeAgain = createEventBuffer().retry(retryMs).dispatch();

/** One client that follows one generation by Server-Sent Events. */
export interface ProgressStream {
  readonly keyId: string;
  /** Sends what the client does not have yet; ends after the generation's end. */
  tell(events: readonly ProgressEvent[]): void;
  heartbeat(): void;
  /** Ends it; the client is told when to come again. */
  close(): void;
}

/** Nothing is sent before the first `tell`, so that an answer without a stream is still possible. */
export function makeProgressStream(
  request: IncomingMessage,
  response: ServerResponse,
  keyId: string,
): ProgressStream {
  const header = request.headers['last-event-id'];
  let lastId = typeof header === 'string' ? header : undefined;
  let session: Session | null = null;
  let latest: readonly ProgressEvent[] = [];

  function send(): void {
    if (!session?.isConnected || response.writableEnded) return;
    for (const event of progressSince(latest, lastId)) {
      session.push(event, event.type, event.id);
      lastId = event.id;
    }
    if (hasEnded(latest)) response.end();
    else if (response.writableLength > mostUnread) response.destroy();
  }

  function begin(): void {
    // Its own heartbeat would go on where a client leaves before the head is sent.
    session = new Session(request, response, { retry: retryMs, keepAlive: null });
    session.once('connected', send);
  }

  return {
    keyId,
    tell(events) {
      latest = events;
      if (session) return send();
      if (!hasEnded(events) || progressSince(events, lastId).length > 0) return begin();
      // It has had the end: this is how an EventSource is told not to come again.
      response.writeHead(204).end();
    },
    heartbeat() {
      if (session?.isConnected) session.batch(heartbeat);
    },
    close() {
      if (session?.isConnected) session.batch(comeAgain);
      response.end();
    },
  };
}

function hasEnded(events: readonly ProgressEvent[]): boolean {
  const last = events.at(-1);
  return last !== undefined && !isInFlight(last.status);
}
