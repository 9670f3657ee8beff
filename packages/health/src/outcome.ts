import type { CheckOutcome } from './check.ts';
import { safeText } from './safe-text.ts';
import { STATUSES } from './status.ts';
import type { HealthStatus } from './status.ts';

const MAX_METADATA_CHARACTERS = 8192;

function isStatus(value: unknown): value is HealthStatus {
  return STATUSES.some((status) => status === value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? safeText(value) : undefined;
}

function observedOf(value: unknown): number | string | boolean | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'boolean' ? value : textOf(value);
}

/** A frozen JSON copy: what is kept and shown can neither change later nor fail to serialise. */
function metadataOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  try {
    const text = JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item));
    if (text.length > MAX_METADATA_CHARACTERS) return undefined;
    return JSON.parse(text, (_key, item: unknown) =>
      typeof item === 'object' && item !== null ? Object.freeze(item) : item,
    ) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

/** Reads what a check returned without trusting it. Anything that names no valid status is `unknown`, never healthy. */
export function readOutcome(value: unknown): CheckOutcome {
  const given =
    typeof value === 'object' && value !== null ? (value as Partial<Record<keyof CheckOutcome, unknown>>) : {};
  const { status } = given;
  if (!isStatus(status)) {
    return { status: 'unknown', message: `the check returned no valid status; return one of ${STATUSES.join(', ')}` };
  }
  return {
    status,
    message: textOf(given.message),
    observedValue: observedOf(given.observedValue),
    observedUnit: textOf(given.observedUnit),
    source: textOf(given.source),
    metadata: metadataOf(given.metadata),
  };
}
