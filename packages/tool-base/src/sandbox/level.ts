/** How strongly programs are confined, from the weakest to the strongest. */
export const SANDBOX_LEVELS = ['none', 'limits', 'files', 'full'] as const;

export type SandboxLevel = (typeof SANDBOX_LEVELS)[number];

/** 0 for `none` to 3 for `full`. */
export function levelNumber(level: SandboxLevel): number {
  return SANDBOX_LEVELS.indexOf(level);
}

export function isBelow(level: SandboxLevel, minimum: SandboxLevel): boolean {
  return levelNumber(level) < levelNumber(minimum);
}

/** What holds a level. */
export const MECHANISMS = { full: 'bubblewrap', files: 'setpriv', limits: 'prlimit', none: 'none' } as const;
export type Mechanism = (typeof MECHANISMS)[SandboxLevel];
