/** The numbers that say how long a circuit stays open. */
export interface OpenPeriodSettings {
  readonly recoveryTimeoutMs: number;
  readonly recoveryMultiplier: number;
  readonly maxRecoveryTimeoutMs: number;
  readonly jitter: number;
  readonly random: () => number;
}

/**
 * Milliseconds to stay open: the recovery timeout, grown once for each re-opening in a row, spread by the jitter and
 * never past the cap. Drawn once per opening, so that every refusal names the same moment.
 */
export function openPeriodMs(settings: OpenPeriodSettings, reopenings: number): number {
  const { recoveryTimeoutMs, recoveryMultiplier, maxRecoveryTimeoutMs, jitter, random } = settings;
  // A timeout of 0 times a growth beyond all numbers is NaN, and stays 0.
  const grown = Math.min(maxRecoveryTimeoutMs, recoveryTimeoutMs * recoveryMultiplier ** reopenings) || 0;
  const spread = Math.min(maxRecoveryTimeoutMs, grown * (1 + jitter * (2 * random() - 1)));
  // 0 (a full jitter's lowest draw), less than that and NaN (a broken random source) are no waiting times.
  return spread > 0 ? spread : grown;
}
