import { noTracer, type CallTracer } from './call-tracer.ts';

/** Spans are sent when OpenTelemetry's own variables name a collector; the libraries for it are loaded only then. */
export async function openTracer(env: Readonly<Record<string, string | undefined>>): Promise<CallTracer> {
  const endpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (!endpoint || env['OTEL_SDK_DISABLED'] === 'true') return noTracer;
  const { createOtlpTracer } = await import('./otlp-tracer.ts');
  return createOtlpTracer(env['OTEL_SERVICE_NAME'] ?? 'mcp-server');
}
