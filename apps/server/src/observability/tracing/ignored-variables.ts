import { areReadableAttributes } from './resource-attributes.ts';

const anyText = (): boolean => true;
const isMilliseconds = (text: string): boolean => /^\d+(?:\.\d+)?$/.test(text.trim());
const isCompression = (text: string): boolean => text === 'gzip' || text === 'none';

/** The variables of OpenTelemetry that have an effect here, and which values of them do. `PROTOCOL` has a warning of its own. */
const EFFECTIVE: Readonly<Record<string, (text: string) => boolean>> = {
  OTEL_SDK_DISABLED: (text) => /^(?:true|false)$/i.test(text),
  OTEL_TRACES_EXPORTER: (text) => text === 'otlp',
  OTEL_SERVICE_NAME: anyText,
  OTEL_RESOURCE_ATTRIBUTES: areReadableAttributes,
};
const EFFECTIVE_OTLP: typeof EFFECTIVE = {
  ENDPOINT: anyText,
  PROTOCOL: anyText,
  HEADERS: anyText,
  TIMEOUT: isMilliseconds,
  COMPRESSION: isCompression,
};

/** The names of the variables that change nothing about traces, or whose value is not used. Those of metrics and logs are left out. */
export function ignoredVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (!value || !name.startsWith('OTEL_') || /_(?:METRICS?|LOGS?|BLRP|METRIC)_/.test(name)) return [];
    const otlp = /^OTEL_EXPORTER_OTLP_(?:TRACES_)?(?<setting>[A-Z]+)$/.exec(name)?.groups?.['setting'];
    const isUsed = otlp === undefined ? EFFECTIVE[name] : EFFECTIVE_OTLP[otlp];
    return isUsed?.(value) === true ? [] : [name];
  });
}
