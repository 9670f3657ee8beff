/** What a client prefers (RFC 7240): an answer at once, or within so many seconds. */
export interface AsyncPreference {
  readonly isAsync: boolean;
  /** How long the client is ready to wait, at most 25 s; 0 where it says nothing. */
  readonly waitMs: number;
}

const MAX_WAIT_S = 25;
const MS_PER_S = 1000;

/** Preferences that are not known or not valid are ignored, as the RFC asks. */
export function readPrefer(header: string | undefined): AsyncPreference {
  const preferences = (header ?? '').split(',').map((part) => part.split(';')[0]?.trim().toLowerCase() ?? '');
  const wait = preferences.map((preference) => /^wait\s*=\s*"?(?<s>\d{1,6})"?$/.exec(preference)?.groups?.['s']);
  const seconds = wait.find((value) => value !== undefined);
  return {
    isAsync: preferences.includes('respond-async'),
    waitMs: Math.min(MAX_WAIT_S, Number(seconds ?? 0)) * MS_PER_S,
  };
}
