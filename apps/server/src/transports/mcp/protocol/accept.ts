/** Which media types a client accepts (RFC 9110 section 12.5.1): absent or empty means all, ranges and weights count. */

const JSON_TYPE = 'application/json';
const STREAM_TYPE = 'text/event-stream';
/** The Accept header that the 2025 revisions require of clients. */
export const ACCEPTS_BOTH: string = `${JSON_TYPE}, ${STREAM_TYPE}`;

/** Whether the response to a POST may be JSON or a stream, as the protocol asks of clients. */
export function acceptsJsonAndStream(accept: string | null | undefined): boolean {
  return accept === ACCEPTS_BOTH || (acceptsJson(accept) && acceptsStream(accept));
}

export function acceptsJson(accept: string | null | undefined): boolean {
  return accepts(accept, JSON_TYPE);
}

export function acceptsStream(accept: string | null | undefined): boolean {
  return accepts(accept, STREAM_TYPE);
}

function accepts(accept: string | null | undefined, type: string): boolean {
  // Some clients send the header without a value.
  if (accept === null || accept === undefined || !/[^\s,]/.test(accept)) return true;
  let best = { precision: 0, weight: 0 };
  for (const range of accept.split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const precision = precisionOf(name, type);
    if (precision > best.precision) best = { precision, weight: weightOf(parameters) };
  }
  return best.weight > 0;
}

/** 0 where the range does not contain the type; the most precise range decides. */
function precisionOf(range: string, type: string): number {
  if (range === type) return 3;
  if (range === '*/*') return 1;
  return range.endsWith('/*') && type.startsWith(range.slice(0, -1)) ? 2 : 0;
}

function weightOf(parameters: readonly string[]): number {
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  if (weight === undefined) return 1;
  const value = Number(weight.slice(2));
  return Number.isNaN(value) ? 1 : value;
}
