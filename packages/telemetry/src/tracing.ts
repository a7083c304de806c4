import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Attributes,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Telemetry } from 'bullmq';

/** Spans from a request through the queue to the author; nothing at all where tracing is off. */
export interface Tracing {
  readonly isOn: boolean;
  /**
   * Does the work of a request within a span that goes on from what the client sent as `traceparent`
   * and ends with the answer. `routeOf` is asked then.
   */
  request(
    request: IncomingMessage,
    response: ServerResponse,
    routeOf: () => string,
    work: () => void,
  ): void;
  /** Does work within a span of that name; its failure is the span's. */
  span<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T>;
  /** What carries a trace through BullMQ; undefined where tracing is off. */
  readonly queue: Telemetry | undefined;
  /** Sends what is left. */
  stop(): Promise<void>;
}

export interface TracingOptions {
  /** `texas-api` and such, unless OTEL_SERVICE_NAME says otherwise. */
  service: string;
  version: string;
  /** The process's own: the standard `OTEL_…` variables turn tracing on and say where spans go. */
  environment: Readonly<Record<string, string | undefined>>;
}

export const noTracing: Tracing = {
  isOn: false,
  request: (_request, _response, _routeOf, work) => work(),
  span: (_name, _attributes, work) => work(),
  queue: undefined,
  stop: async () => undefined,
};

/** Whether the standard variables name somebody who takes spans. */
export function wantsTraces(environment: TracingOptions['environment']): boolean {
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false;
  const exporter = environment.OTEL_TRACES_EXPORTER;
  if (exporter) return exporter !== 'none';
  return Boolean(
    environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || environment.OTEL_EXPORTER_OTLP_ENDPOINT,
  );
}

/**
 * Begins to send spans where the standard `OTEL_…` variables ask for it; else nothing is loaded. One
 * for each process.
 */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { service, version, environment } = options;
  if (!wantsTraces(environment)) return noTracing;
  const [{ NodeSDK }, { BullMQOtel }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('bullmq-otel'),
  ]);
  const sdk = new NodeSDK({
    serviceName: environment.OTEL_SERVICE_NAME || service,
    // Metrics are Prometheus's, logs are on standard output.
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  const tracer = trace.getTracer('texas-ai', version);
  return {
    isOn: true,
    request(request, response, routeOf, work) {
      const { method = '', headers, url = '' } = request;
      const from = propagation.extract(context.active(), headers);
      const [path] = url.split('?');
      const attributes = { 'http.request.method': method, 'url.path': path };
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, from);
      response.once('close', () => endRequest(span, `${method} ${routeOf()}`, response));
      context.with(trace.setSpan(from, span), work);
    },
    span: (name, attributes, work) =>
      tracer.startActiveSpan(name, { kind: SpanKind.CLIENT, attributes }, async (span) => {
        try {
          return await work();
        } catch (error) {
          fail(span, error);
          throw error;
        } finally {
          span.end();
        }
      }),
    queue: new BullMQOtel({ tracerName: 'texas-ai', version }),
    stop: () => sdk.shutdown(),
  };
}

function endRequest(span: Span, name: string, { statusCode }: ServerResponse): void {
  const [, route = ''] = name.split(' ');
  span.updateName(name).setAttributes({
    'http.route': route,
    'http.response.status_code': statusCode,
  });
  if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** The code alone: what a failure says may be an author's words. */
function fail(span: Span, error: unknown): void {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  span.setAttribute('error.type', code).setStatus({ code: SpanStatusCode.ERROR, message: code });
}
