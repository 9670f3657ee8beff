const DEFAULT_SERVICE_NAME = 'mcp-server';

/**
 * The attributes of the resource that OpenTelemetry's variables name: `OTEL_RESOURCE_ATTRIBUTES` is a list of `key=value`, with
 * percent-encoded values; `OTEL_SERVICE_NAME` takes precedence over its `service.name`. A pair that cannot be read is skipped.
 */
export function resourceAttributes(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const attributes = new Map([['service.name', DEFAULT_SERVICE_NAME]]);
  for (const pair of (env['OTEL_RESOURCE_ATTRIBUTES'] ?? '').split(',')) {
    const attribute = readAttribute(pair);
    if (attribute) attributes.set(...attribute);
  }
  const serviceName = env['OTEL_SERVICE_NAME'];
  if (serviceName) attributes.set('service.name', serviceName);
  return Object.fromEntries(attributes);
}

/** Whether `OTEL_RESOURCE_ATTRIBUTES` has no pair that is skipped. An empty one, as after a last comma, is none. */
export function areReadableAttributes(list: string): boolean {
  return list.split(',').every((pair) => pair.trim() === '' || readAttribute(pair) !== undefined);
}

function readAttribute(pair: string): readonly [string, string] | undefined {
  const { key, value = '' } = /^\s*(?<key>[^=\s]+)\s*=\s*(?<value>.*?)\s*$/u.exec(pair)?.groups ?? {};
  const decoded = percentDecoded(value);
  return key === undefined || decoded === undefined ? undefined : [key, decoded];
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
