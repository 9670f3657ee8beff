import { noTracer, type CallTracer } from './call-tracer.ts';
import { ignoredVariables } from './ignored-variables.ts';
import { resourceAttributes } from './resource-attributes.ts';
import type { TracingLog } from './tracing-log.ts';

/**
 * Spans are sent when OpenTelemetry's own variables name a collector; the libraries for it are loaded only then. A collector that
 * cannot be used never keeps the server from starting.
 */
export async function openTracer(
  env: Readonly<Record<string, string | undefined>>,
  logger: TracingLog,
): Promise<CallTracer> {
  const endpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (!endpoint || env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none')
    return noTracer;
  if (!/^https?:\/\//iu.test(endpoint) || !URL.canParse(endpoint)) {
    logger.warn({ suggestion: 'Write a URL such as http://localhost:4318.' }, 'tracing.endpoint_invalid');
    return noTracer;
  }
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] || env['OTEL_EXPORTER_OTLP_PROTOCOL'];
  // Collectors take JSON and protobuf at the same port; gRPC has a port of its own.
  if (protocol !== undefined && !protocol.startsWith('http/')) {
    const suggestion = 'Spans are sent as JSON over HTTP: use the OTLP/HTTP port of the collector, usually 4318.';
    logger.warn({ protocol, suggestion }, 'tracing.protocol_unsupported');
  }
  const variables = ignoredVariables(env);
  if (variables.length > 0) logger.warn({ variables }, 'tracing.variables_ignored');
  const { createOtlpTracer } = await import('./otlp-tracer.ts');
  const tracer = createOtlpTracer(resourceAttributes(env), logger);
  logger.info({ endpoint: withoutCredentials(endpoint) }, 'tracing.started');
  return tracer;
}

function withoutCredentials(endpoint: string): string {
  const { origin, pathname } = new URL(endpoint);
  return `${origin}${pathname === '/' ? '' : pathname}`;
}
