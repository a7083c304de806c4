import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type Attributes,
  context,
  INVALID_SPAN_CONTEXT,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Logger } from '@texas-ai/kernel';
import type { Telemetry } from 'bullmq';

/** Spans from a request through the queue to the author; nothing at all where tracing is off. */
export interface Tracing {
  readonly isOn: boolean;
  /**
   * Does the work of a request within a span that goes on from what the client sent as `traceparent`
   * and ends with the answer. `routeOf` is asked then for the pattern of its path.
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
  /** Milliseconds that `stop` takes at most. */
  readonly stopMs: number;
  /** Sends what is left, as far as somebody takes it in time. */
  stop(logger: Logger): Promise<void>;
}

export interface TracingOptions {
  /** `texas-api` and such, unless OTEL_SERVICE_NAME says otherwise. */
  service: string;
  version: string;
  /** The process's own: the standard `OTEL_…` variables turn tracing on and say where spans go. */
  environment: Readonly<Record<string, string | undefined>>;
}

/** How long a collector may take at the end, in milliseconds. */
const stopMs = 2_000;

const housekeeping = /^(moveStalledJobsToWait|extendLocks|startStalledCheckTimer)\b/;

export const noTracing: Tracing = {
  isOn: false,
  request: (_request, _response, _routeOf, work) => work(),
  span: (_name, _attributes, work) => work(),
  queue: undefined,
  stopMs: 0,
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
  const [{ core, NodeSDK }, { BullMQOtel, BullMQOTelSpan }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('bullmq-otel'),
  ]);
  const sdk = new NodeSDK({
    // What a client sends as baggage is not carried on: it would be kept with every job.
    ...(!environment.OTEL_PROPAGATORS && {
      textMapPropagator: new core.W3CTraceContextPropagator(),
    }),
    serviceName: environment.OTEL_SERVICE_NAME || service,
    // Metrics are Prometheus's, logs are on standard output.
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  const tracer = trace.getTracer('texas-ai', version);
  const queue = new BullMQOtel({ tracerName: 'texas-ai', version });
  const start = queue.tracer.startSpan.bind(queue.tracer);
  // What BullMQ does for itself, again and again, belongs to no trace of anybody.
  queue.tracer.startSpan = (name, options, from) =>
    housekeeping.test(name)
      ? new BullMQOTelSpan(trace.wrapSpanContext(INVALID_SPAN_CONTEXT))
      : start(name, options, from);
  return {
    isOn: true,
    request(request, response, routeOf, work) {
      const { method = '', headers, url = '' } = request;
      const from = propagation.extract(context.active(), headers);
      const [path] = url.split('?');
      const attributes = { 'http.request.method': method, 'url.path': path };
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, from);
      response.once('close', () => endRequest(span, method, routeOf(), response));
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
    queue,
    stopMs,
    async stop(logger) {
      const sent = sdk.shutdown().then(
        () => null,
        (error: unknown) => error,
      );
      const late = pause(stopMs, new Error('Nobody took them in time.'), { ref: false });
      const error = await Promise.race([sent, late]);
      if (error !== null) logger.warn('spans not sent', { error });
    },
  };
}

function endRequest(span: Span, method: string, route: string, response: ServerResponse): void {
  const { statusCode, writableFinished } = response;
  span.updateName(`${method} ${route}`).setAttribute('http.route', route);
  // Nobody got the status of an answer whose client left.
  if (writableFinished) span.setAttribute('http.response.status_code', statusCode);
  else span.setAttribute('error.type', 'client_left');
  if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** The code alone: what a failure says may be an author's words. */
function fail(span: Span, error: unknown): void {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  span.setAttribute('error.type', code).setStatus({ code: SpanStatusCode.ERROR, message: code });
}
