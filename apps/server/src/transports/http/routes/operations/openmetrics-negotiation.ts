interface MediaRange {
  readonly type: string;
  readonly weight: number;
}

/**
 * Whether OpenMetrics is to be sent rather than the Prometheus text format, by the weights of an Accept header (RFC 9110
 * section 12.5.1). OpenMetrics must be named in it: `*\/*` means the text format. Equal weights give OpenMetrics.
 */
export function prefersOpenMetrics(accept: string | undefined): boolean {
  const ranges = (accept ?? '').split(',').map(parseRange);
  const openMetrics = weightOf(ranges, ['application/openmetrics-text']);
  return openMetrics > 0 && openMetrics >= weightOf(ranges, ['text/plain', 'text/*', '*/*']);
}

/** The weight of the most specific type that the header has; 0 for none. Of several with parameters, the highest. */
function weightOf(ranges: readonly MediaRange[], types: readonly string[]): number {
  for (const wanted of types) {
    const weights = ranges.filter(({ type }) => type === wanted).map(({ weight }) => weight);
    if (weights.length > 0) return Math.max(...weights);
  }
  return 0;
}

function parseRange(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  // A weight that is not a number counts as 0.
  return { type, weight: weight === undefined ? 1 : Number(/^q=([01](?:\.\d{0,3})?)$/.exec(weight)?.[1] ?? 0) };
}
