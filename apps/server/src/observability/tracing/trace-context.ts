/** What a W3C `traceparent` header says (Trace Context, version 00). */
export interface TraceParent {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits: the caller's span. */
  readonly spanId: string;
  readonly sampled: boolean;
  /** What the tracing systems on the way added (`tracestate`), checked and in order; absent without any. */
  readonly state?: string;
}

const traceparent =
  /^(?<version>[0-9a-f]{2})-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<rest>-.*)?$/;

const STATE_CHARACTERS = 512;
const STATE_MEMBERS = 32;
// `key` or `tenant@system`, and a value of printable ASCII without comma, equals sign or a space at its end.
const stateMember =
  /^(?<key>[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13}|[a-z][a-z0-9_*/-]{0,255})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/**
 * `undefined` for anything that is not one: the specification tells to go on as if none had been sent.
 *
 * @param tracestate of the same request; one that breaks a rule is left out and the rest stays
 */
export function parseTraceParent(header: unknown, tracestate?: unknown): TraceParent | undefined {
  if (typeof header !== 'string' || header.length > 256) return undefined;
  const { version, traceId, spanId, flags, rest } = traceparent.exec(header)?.groups ?? {};
  if (!version || !traceId || !spanId || !flags || version === 'ff') return undefined;
  // Later versions may append members; version 00 has none.
  if (version === '00' && rest !== undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const state = tracestate === undefined || tracestate === null ? undefined : parseTraceState(tracestate);
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1, ...(state !== undefined && { state }) };
}

/** Whole or not at all: part of a list would look like the list of a shorter way. */
function parseTraceState(header: unknown): string | undefined {
  if (typeof header !== 'string' || header.length > STATE_CHARACTERS) return undefined;
  const members = header.split(',').map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''));
  const filled = members.filter((member) => member !== '');
  if (filled.length === 0 || filled.length > STATE_MEMBERS) return undefined;
  const keys = filled.map((member) => stateMember.exec(member)?.groups?.['key']);
  if (keys.includes(undefined) || new Set(keys).size < keys.length) return undefined;
  return filled.join(',');
}

/** As a participant that makes no span of its own passes it on. */
export function formatTraceParent({ traceId, spanId, sampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
