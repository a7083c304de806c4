import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** The metrics of a process, in the text format of Prometheus. */
export interface Metrics {
  /** The registry of the process, instead of the global one. */
  registry: Registry;
  readonly contentType: string;
  /** The current values, without those that are not available in time. */
  text(): Promise<string>;
}

/** Gauges of prom-client named like counters, which promtool rejects. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

export interface MetricsOptions {
  /** `api` or `worker`. */
  service: string;
  version: string;
}

/**
 * Milliseconds between two measurements of the event loop's lag, which its metrics include. The default of
 * 10 causes most of the CPU of an idle process.
 */
const lagPrecisionMs = 100;

/** A registry with the metrics of Node.js: memory, CPU, garbage collection, event loop lag. */
export function makeMetrics({ service, version }: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: lagPrecisionMs });
  for (const name of misnamed) registry.removeSingleMetric(name);
  new Gauge({
    name: 'texas_build_info',
    help: 'Always 1; the labels identify the build.',
    labelNames: ['service', 'version'],
    registers: [registry],
  }).set({ service, version }, 1);
  return { registry, contentType: registry.contentType, text: () => registry.metrics() };
}
