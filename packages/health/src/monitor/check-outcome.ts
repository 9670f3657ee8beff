import type { CheckOutcome } from '../check-definition.ts';
import { safeText } from '../safe-text.ts';
import { STATUSES } from '../status.ts';
import type { HealthStatus } from '../status.ts';

const MAX_METADATA_CHARACTERS = 8192;

function isStatus(value: unknown): value is HealthStatus {
  return STATUSES.some((status) => status === value);
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? safeText(value) : undefined;
}

function observedValueOf(value: unknown): number | string | boolean | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'boolean' ? value : optionalText(value);
}

/** A frozen JSON copy, which can neither change later nor fail to serialise. */
function metadataOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  try {
    const text = JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item));
    if (text.length > MAX_METADATA_CHARACTERS) return undefined;
    return JSON.parse(text, (_key, item: unknown) => frozenCopy(item)) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

/** The members have been read before. */
function frozenCopy(item: unknown): unknown {
  if (typeof item === 'string') return safeText(item);
  if (typeof item !== 'object' || item === null) return item;
  if (Array.isArray(item)) return Object.freeze(item);
  return Object.freeze(Object.fromEntries(Object.entries(item).map(([key, member]) => [safeText(key), member])));
}

/** Reads what a check returned without trusting it. Without a valid status the outcome is `unknown`, never healthy. */
export function validateOutcome(value: unknown): CheckOutcome {
  const returned =
    typeof value === 'object' && value !== null ? (value as Partial<Record<keyof CheckOutcome, unknown>>) : {};
  const { status } = returned;
  if (!isStatus(status)) {
    return { status: 'unknown', message: `the check returned no valid status; return one of ${STATUSES.join(', ')}` };
  }
  return {
    status,
    message: optionalText(returned.message),
    observedValue: observedValueOf(returned.observedValue),
    observedUnit: optionalText(returned.observedUnit),
    source: optionalText(returned.source),
    metadata: metadataOf(returned.metadata),
  };
}
