const DEFAULT_SERVICE_NAME = 'mcp-server';

/**
 * The attributes of the resource that OpenTelemetry's variables name: `OTEL_RESOURCE_ATTRIBUTES` is a list of `key=value`, with
 * percent-encoded values; `OTEL_SERVICE_NAME` takes precedence over its `service.name`. A pair that cannot be read is skipped.
 */
export function resourceAttributes(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const attributes = new Map([['service.name', DEFAULT_SERVICE_NAME]]);
  for (const pair of (env['OTEL_RESOURCE_ATTRIBUTES'] ?? '').split(',')) {
    const { key, value = '' } = /^\s*(?<key>[^=\s]+)\s*=\s*(?<value>.*?)\s*$/u.exec(pair)?.groups ?? {};
    const decoded = percentDecoded(value);
    if (key !== undefined && decoded !== undefined) attributes.set(key, decoded);
  }
  const serviceName = env['OTEL_SERVICE_NAME'];
  if (serviceName) attributes.set('service.name', serviceName);
  return Object.fromEntries(attributes);
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
