/** One way to measure how much of a resource is used. */
export interface PercentSource {
  /** Named as the `source` of the value. */
  readonly name: string;
  /** Undefined when this source has nothing to say. May reject: the next source is asked then. */
  read(signal: AbortSignal): Promise<PercentReading | undefined>;
}

export interface PercentReading {
  /** 0 to 100. */
  readonly percent: number;
  /** Overrides the name of the source where one source has several, such as two cgroup versions. */
  readonly source?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** The first source that gives a number from 0 to 100 wins; what fails, or gives anything else, is passed over. */
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
      // A source that fails is the same as one that is absent.
    }
  }
  return undefined;
}
