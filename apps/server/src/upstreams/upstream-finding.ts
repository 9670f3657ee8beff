export interface UpstreamFinding {
  /** As it is written in the configuration: `upstreams.files.cwd`. */
  readonly setting: string;
  /** A sentence. */
  readonly problem: string;
  /** What to do, in a sentence. */
  readonly remedy: string;
}

/** One line for a terminal. */
export function findingText({ setting, problem, remedy }: UpstreamFinding): string {
  return `${setting}: ${problem} ${remedy}`;
}
