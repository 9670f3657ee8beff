/**
 * A bound on the work of one check. Every value is checked by every alternative that it may be: a long list of values, none of which is
 * any of a hundred alternatives, would keep the event loop busy for seconds.
 */

/** A schema object that is applied to a value costs at least 1; this many take about a quarter of a second. */
const MAX_WORK = 600_000;
/** Errors are collected along references, which may lead to themselves. */
const REFERENCE_COST = 20;
/** What `false` forbids is an error each time. */
const FORBIDDEN_COST = 20;
/** Every alternative is tried, and its errors are kept. */
const ALTERNATIVE_COST = 3;
/** Comparing texts is cheap. */
const ENUM_VALUES_AT_1 = 40;

export class TooMuchWorkError extends Error {}

let left = Infinity;

/** @throws {TooMuchWorkError} when `check` would take too long */
export function withBoundedWork<T>(check: () => T): T {
  left = MAX_WORK;
  try {
    return check();
  } finally {
    left = Infinity;
  }
}

type Members = Readonly<Record<string, unknown>>;

/** `true` and `false` are applied once to each of many values, and are not objects that could count it. */
const OF_EACH_VALUE = [
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
  'items',
  'additionalItems',
  'unevaluatedItems',
  'contains',
];

/**
 * The validator (`@cfworker/json-schema`) reads the type of a schema each time that it applies it; reading it is what costs.
 * To be called for each schema object of a copy.
 */
export function countApplications(schema: Record<string, unknown>): void {
  for (const keyword of OF_EACH_VALUE) {
    const allowed = schema[keyword];
    if (typeof allowed === 'boolean') schema[keyword] = counted({ allOf: [allowed] }, allowed ? 1 : FORBIDDEN_COST);
  }
  counted(schema, costOf(schema));
}

function counted(schema: Record<string, unknown>, cost: number): Members {
  const { type } = schema;
  Object.defineProperty(schema, 'type', {
    enumerable: type !== undefined,
    get() {
      left -= cost;
      if (left < 0) throw new TooMuchWorkError();
      return type;
    },
  });
  return schema;
}

function costOf({ $ref: reference, properties, required, enum: values, anyOf, oneOf }: Members): number {
  return (
    1 +
    (reference === undefined ? 0 : REFERENCE_COST) +
    Object.keys(typeof properties === 'object' ? (properties ?? {}) : {}).length +
    lengthOf(required) +
    ALTERNATIVE_COST * (lengthOf(anyOf) + lengthOf(oneOf)) +
    Math.ceil(lengthOf(values) / ENUM_VALUES_AT_1)
  );
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
