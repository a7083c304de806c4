import { Gauge, Histogram, type Registry } from 'prom-client';

export interface AnsweredRequest {
  method: string;
  /** The pattern of its path, `/v1/characters/:character`, which is one of few. */
  route: string;
  /** The status of the answer; 499 where the client left before it was whole. */
  status: number;
  seconds: number;
}

/** Below: a cached day. Above: the slowest that a client waits for. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Methods that are told apart; a client may send any word. */
const known: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']);

/** Shows how many event streams are open. */
export function makeStreamMetrics(registry: Registry, open: () => number): void {
  new Gauge({
    name: 'texas_http_event_streams',
    help: 'Event streams that clients follow at this moment.',
    registers: [registry],
    collect() {
      this.set(open());
    },
  });
}

/** Counts and times the requests that were answered. */
export function makeHttpMetrics(registry: Registry): (request: AnsweredRequest) => void {
  const duration = new Histogram({
    name: 'texas_http_request_duration_seconds',
    help: 'Time until an answer was sent, by route and status; event streams are not counted.',
    labelNames: ['method', 'route', 'status'],
    buckets,
    registers: [registry],
  });
  return ({ method, route, status, seconds }) =>
    duration.observe({ method: known.has(method) ? method : 'other', route, status }, seconds);
}
