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

/** Spans from a request through the queue to the author; without effect if tracing is off. */
export interface Tracing {
  readonly enabled: boolean;
  /**
   * Runs the work of a request in a span that continues the client's `traceparent` and ends with the
   * response. `routeOf` then returns the pattern of the path.
   */
  request(
    request: IncomingMessage,
    response: ServerResponse,
    routeOf: () => string,
    work: () => void,
  ): void;
  /** Runs work in a span, which records its failure. */
  span<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T>;
  /** Passes traces through BullMQ; undefined if tracing is off. */
  readonly queue: Telemetry | undefined;
  /** The maximum duration of `stop`. */
  readonly stopTimeoutMs: number;
  /** Sends the remaining spans, if the collector accepts them in time. */
  stop(logger: Logger): Promise<void>;
}

export interface TracingOptions {
  /** For example `texas-api`; OTEL_SERVICE_NAME overrides it. */
  service: string;
  version: string;
  /** Environment variables. The standard `OTEL_…` variables enable tracing and set the exporter. */
  environment: Readonly<Record<string, string | undefined>>;
}

const stopTimeoutMs = 2_000;

const housekeeping = /^(moveStalledJobsToWait|extendLocks|startStalledCheckTimer)\b/;

export const noTracing: Tracing = {
  enabled: false,
  request: (_request, _response, _routeOf, work) => work(),
  span: (_name, _attributes, work) => work(),
  queue: undefined,
  stopTimeoutMs: 0,
  stop: async () => undefined,
};

/** Whether the standard variables name an exporter. */
export function isTracingConfigured(environment: TracingOptions['environment']): boolean {
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false;
  const exporter = environment.OTEL_TRACES_EXPORTER;
  if (exporter) return exporter !== 'none';
  return Boolean(
    environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || environment.OTEL_EXPORTER_OTLP_ENDPOINT,
  );
}

/**
 * Starts to send spans if the standard `OTEL_…` variables are set; otherwise no library is loaded. Call
 * once per process.
 */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { service, version, environment } = options;
  if (!isTracingConfigured(environment)) return noTracing;
  const [{ core, NodeSDK }, { BullMQOtel, BullMQOTelSpan }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('bullmq-otel'),
  ]);
  const sdk = new NodeSDK({
    // Excludes a client's baggage, which would be stored with every job.
    ...(!environment.OTEL_PROPAGATORS && {
      textMapPropagator: new core.W3CTraceContextPropagator(),
    }),
    serviceName: environment.OTEL_SERVICE_NAME || service,
    // Metrics go to Prometheus, logs to standard output.
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  const tracer = trace.getTracer('texas-ai', version);
  const queue = new BullMQOtel({ tracerName: 'texas-ai', version });
  const start = queue.tracer.startSpan.bind(queue.tracer);
  // BullMQ's periodic housekeeping belongs to no trace.
  queue.tracer.startSpan = (name, options, from) =>
    housekeeping.test(name)
      ? new BullMQOTelSpan(trace.wrapSpanContext(INVALID_SPAN_CONTEXT))
      : start(name, options, from);
  return {
    enabled: true,
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
    stopTimeoutMs,
    async stop(logger) {
      const sent = sdk.shutdown().then(
        () => null,
        (error: unknown) => error,
      );
      const late = pause(stopTimeoutMs, new Error('The collector did not respond in time.'), {
        ref: false,
      });
      const error = await Promise.race([sent, late]);
      if (error !== null) logger.warn('sending spans failed', { error });
    },
  };
}

function endRequest(span: Span, method: string, route: string, response: ServerResponse): void {
  const { statusCode, writableFinished } = response;
  span.updateName(`${method} ${route}`).setAttribute('http.route', route);
  // A client that disconnected did not receive the status.
  if (writableFinished) span.setAttribute('http.response.status_code', statusCode);
  else span.setAttribute('error.type', 'client_left');
  if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Records only the code, since the message may quote an author. */
function fail(span: Span, error: unknown): void {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  span.setAttribute('error.type', code).setStatus({ code: SpanStatusCode.ERROR, message: code });
}
