import type { IncomingMessage, ServerResponse } from 'node:http';
import { isInFlight, type ProgressEvent, progressSince } from '@texas-ai/life';
import { createEventBuffer, Session } from 'better-sse';

/** How long a client should wait before it reconnects. */
const retryMs = 2_000;
/** Clients with more unread data than this are disconnected. */
const maxUnreadBytes = 256 * 1024;

const heartbeat = createEventBuffer().comment().dispatch();
const retry = createEventBuffer().retry(retryMs).dispatch();

/** One client that follows one generation by Server-Sent Events. */
export interface ProgressStream {
  readonly keyId: string;
  /** Sends the events that the client does not have yet; ends the stream after the last one. */
  send(events: readonly ProgressEvent[]): void;
  heartbeat(): void;
  /** Ends the stream and asks the client to reconnect later. */
  close(): void;
}

/** Sends nothing before the first `send`, so that the request can still fail with a problem. */
export function makeProgressStream(
  request: IncomingMessage,
  response: ServerResponse,
  keyId: string,
): ProgressStream {
  const header = request.headers['last-event-id'];
  let lastId = typeof header === 'string' ? header : undefined;
  let session: Session | null = null;
  let latest: readonly ProgressEvent[] = [];

  function flush(): void {
    if (!session?.isConnected || response.writableEnded) return;
    for (const event of progressSince(latest, lastId)) {
      session.push(event, event.type, event.id);
      lastId = event.id;
    }
    if (hasEnded(latest)) response.end();
    else if (response.writableLength > maxUnreadBytes) response.destroy();
  }

  function open(): void {
    // The session's own heartbeat would leak if a client left before the headers were sent.
    session = new Session(request, response, { retry: retryMs, keepAlive: null });
    session.once('connected', flush);
  }

  return {
    keyId,
    send(events) {
      latest = events;
      if (session) return flush();
      if (!hasEnded(events) || progressSince(events, lastId).length > 0) return open();
      // The client has every event: 204 makes an EventSource stop reconnecting.
      response.writeHead(204).end();
    },
    heartbeat() {
      if (session?.isConnected) session.batch(heartbeat);
    },
    close() {
      if (session?.isConnected) session.batch(retry);
      response.end();
    },
  };
}

function hasEnded(events: readonly ProgressEvent[]): boolean {
  const last = events.at(-1);
  return last !== undefined && !isInFlight(last.status);
}
