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
import { TracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace';

import { version } from '../../version.ts';
import type { CallTracer } from './call-tracer.ts';
import type { TraceParent } from './trace-context.ts';

/** The endpoint, headers, timeout and compression are read by the exporter from `OTEL_EXPORTER_OTLP_*`. */
export function createOtlpTracer(serviceName: string): CallTracer {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
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
    close: () => provider.shutdown(),
  };
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
