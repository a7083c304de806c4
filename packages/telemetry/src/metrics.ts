import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** What a process measures of itself, in the text format of Prometheus. */
export interface Metrics {
  /** Where each metric of the process is registered: one for each process, never the global one. */
  registry: Registry;
  readonly contentType: string;
  /** All of them now. What cannot be had in time is left out. */
  text(): Promise<string>;
}

/** Gauges of prom-client whose names end like those of counters; promtool objects to them. */
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

/** The process's own registry with what Node.js tells: memory, CPU, garbage, the event loop's lag. */
export function makeMetrics({ service, version }: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  new Gauge({
    name: 'texas_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['service', 'version'],
    registers: [registry],
  }).set({ service, version }, 1);
  return { registry, contentType: registry.contentType, text: () => registry.metrics() };
}
