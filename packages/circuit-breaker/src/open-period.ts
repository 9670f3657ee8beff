/** The options that determine how long a circuit stays open. */
export interface OpenPeriodSettings {
  readonly recoveryTimeoutMs: number;
  readonly recoveryMultiplier: number;
  readonly maxRecoveryTimeoutMs: number;
  readonly jitter: number;
  readonly random: () => number;
}

/**
 * Milliseconds to stay open: exponential back-off with jitter, the jitter applied before the cap. Drawn once per opening,
 * so that every rejection gives the same time.
 */
export function openPeriodMs(settings: OpenPeriodSettings, reopenings: number): number {
  const { maxRecoveryTimeoutMs, jitter, random } = settings;
  const grown = backOffMs(settings, reopenings);
  const spread = Math.min(maxRecoveryTimeoutMs, grown * (1 + jitter * (2 * random() - 1)));
  // A full jitter can draw 0; a random source that leaves its range can give less, or NaN.
  return spread > 0 ? spread : grown;
}

/** Exponential back-off in milliseconds, before jitter. */
export function backOffMs(settings: OpenPeriodSettings, reopenings: number): number {
  const { recoveryTimeoutMs, recoveryMultiplier, maxRecoveryTimeoutMs } = settings;
  // 0 times Infinity is NaN: a timeout of 0 stays 0 however large the factor is.
  return Math.min(maxRecoveryTimeoutMs, recoveryTimeoutMs * recoveryMultiplier ** reopenings) || 0;
}
