/** Measures how much of a resource is used. */
export interface PercentSource {
  /** The `source` of the value. */
  readonly name: string;
  /** Undefined when this source cannot measure here. If it rejects, the next source is used. */
  read(signal: AbortSignal): Promise<PercentReading | undefined>;
}

export interface PercentReading {
  /** 0 to 100. */
  readonly percent: number;
  /** Replaces the name of the source, such as the cgroup version. */
  readonly source?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** True for a first measurement over a window too short to compare with a threshold. */
  readonly provisional?: boolean | undefined;
}

/** The first reading from 0 to 100. Sources that fail or return anything else are skipped. */
export async function firstReading(
  sources: readonly PercentSource[],
  signal: AbortSignal,
): Promise<(PercentReading & { readonly source: string }) | undefined> {
  for (const source of sources) {
    signal.throwIfAborted();
    try {
      const reading = await source.read(signal);
      if (reading && Number.isFinite(reading.percent) && reading.percent >= 0 && reading.percent <= 100) {
        return { ...reading, source: reading.source ?? source.name };
      }
    } catch {
      // A source that fails is skipped like one that cannot measure.
    }
  }
  return undefined;
}
