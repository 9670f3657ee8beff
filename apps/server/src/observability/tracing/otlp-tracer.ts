/** Spans over OTLP, as OpenTelemetry's own environment variables configure them. Loaded only when a collector is named. */
import {
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace';

import { systemClock, type Clock } from '../../foundation/clock.ts';
import { setDeadline } from '../../foundation/deadline.ts';
import { version } from '../../foundation/version.ts';
import { waitAtMost } from '../../foundation/wait-at-most.ts';
import type { CallTracer } from './call-tracer.ts';
import type { TraceParent } from './trace-context.ts';
import type { TracingLog } from './tracing-log.ts';

/**
 * The exporter waits as long as an answer goes on, however slowly, and the processor gives it up after 30 s without a word. Retries
 * of the exporter end before.
 */
const ENDLESS_MS = 25_000;
/** How long closing waits for the collector, whatever the timeout of an export is. */
const CLOSE_TIMEOUT_MS = 5000;

/**
 * The endpoint, headers, timeout and compression are read by the exporter from `OTEL_EXPORTER_OTLP_*`.
 *
 * @param attributes of the resource
 */
export function createOtlpTracer(
  attributes: Readonly<Record<string, string>>,
  logger: TracingLog,
  clock: Pick<Clock, 'monotonicMs' | 'setTimer'> = systemClock,
): CallTracer {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.version': version, ...attributes }),
    spanProcessors: [new BatchSpanProcessor({ exporter: reporting(new OTLPTraceExporter(), logger, clock) })],
  });
  const tracer = provider.getTracer('@mcp/server', version);
  return {
    start({ tool, caller, correlationId, parent }) {
      const span = tracer.startSpan(
        `tools/call ${tool}`,
        {
          kind: SpanKind.SERVER,
          // Names of OpenTelemetry's conventions for MCP and generative AI, where they have one.
          attributes: {
            'mcp.method.name': 'tools/call',
            'gen_ai.tool.name': tool,
            'mcp_server.caller': caller,
            'mcp_server.correlation_id': correlationId,
          },
        },
        parentContext(parent),
      );
      return (outcome) => {
        if (outcome !== 'success' && outcome !== 'input_required') {
          span.setAttribute('error.type', outcome);
          span.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
        }
        span.end();
      };
    },
    // Spans that could not be sent at the end were logged already.
    close: () =>
      waitAtMost(
        clock,
        CLOSE_TIMEOUT_MS,
        provider.shutdown().catch(() => {}),
        undefined,
      ),
  };
}

/** Logs when the collector stops accepting spans, and when it accepts them again. */
function reporting(
  exporter: SpanExporter,
  logger: TracingLog,
  clock: Pick<Clock, 'monotonicMs' | 'setTimer'>,
): SpanExporter {
  let isFailing = false;
  const tell = (failed: boolean, error: Error | undefined): void => {
    if (failed && !isFailing) logger.warn({ reason: reasonOf(error) }, 'tracing.export_failed');
    if (!failed && isFailing) logger.info({}, 'tracing.export_recovered');
    isFailing = failed;
  };
  return {
    export(spans, onResult) {
      const unended = setDeadline(clock, ENDLESS_MS, () => tell(true, new Error('its answer did not end')));
      exporter.export(spans, (result) => {
        unended[Symbol.dispose]();
        const code: number = result.code;
        tell(code !== EXPORT_SUCCEEDED, result.error);
        onResult(result);
      });
    },
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
}

/** ExportResultCode.SUCCESS of @opentelemetry/core, which is not a dependency of its own. */
const EXPORT_SUCCEEDED = 0;

function reasonOf(error: Error | undefined): string {
  const { code, message = 'unknown' } = (error ?? {}) as Partial<Error> & { readonly code?: unknown };
  return typeof code === 'string' || typeof code === 'number' ? `${code}` : message.slice(0, 200);
}

function parentContext(parent: TraceParent | undefined): Context {
  if (!parent) return ROOT_CONTEXT;
  const { traceId, spanId, sampled, state } = parent;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags,
    isRemote: true,
    ...(state !== undefined && { traceState: createTraceState(state) }),
  });
}
