const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const LIFETIME = /^(?<count>[1-9][0-9]{0,4})(?<unit>[hdw])$/;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2}))?$/;

/**
 * The end of a key's validity, in milliseconds since the epoch.
 *
 * @param text a lifetime such as `30d`, or an ISO 8601 date (in UTC) or timestamp
 * @throws {Error} when it is neither, or in the past
 */
export function expiryOf(text: string, nowMs: number): number {
  const { count, unit = '' } = LIFETIME.exec(text)?.groups ?? {};
  const atMs = count === undefined ? dateOf(text) : nowMs + Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  if (Number.isNaN(atMs)) {
    throw new Error(`--expires takes a lifetime such as 12h, 30d or 8w, or a date such as 2027-01-31, not ${text}`);
  }
  if (atMs <= nowMs) throw new Error(`--expires ${text} is in the past`);
  return atMs;
}

function dateOf(text: string): number {
  const atMs = DATE.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse takes 31 February for 3 March.
  const isReal = text.includes('T') || (!Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text));
  return isReal ? atMs : Number.NaN;
}
