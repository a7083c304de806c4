import { Gauge, Histogram, type Registry } from 'prom-client';

export interface RequestMeasurement {
  method: string;
  /** The pattern of the path, such as `/v1/characters/:character`. */
  route: string;
  /** The status of the response; 499 if the client disconnected before its end. */
  status: number;
  seconds: number;
}

/** From a cached day to the longest that a client waits. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Others are counted together, since a client may send any method. */
const knownMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']);

/** Exposes the number of open event streams. */
export function makeStreamMetrics(registry: Registry, open: () => number): void {
  new Gauge({
    name: 'texas_http_event_streams',
    help: 'Open event streams.',
    registers: [registry],
    collect() {
      this.set(open());
    },
  });
}

/** Measures finished requests. */
export function makeHttpMetrics(registry: Registry): (request: RequestMeasurement) => void {
  const duration = new Histogram({
    name: 'texas_http_request_duration_seconds',
    help: 'Duration of requests, by route and status, without event streams.',
    labelNames: ['method', 'route', 'status'],
    buckets,
    registers: [registry],
  });
  return ({ method, route, status, seconds }) =>
    duration.observe(
      { method: knownMethods.has(method) ? method : 'other', route, status },
      seconds,
    );
}
