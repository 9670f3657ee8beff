/** What a run has seen, for its checks and its report. */
import type { EngineSample } from './engines.ts';
import type { ServerSample } from './probed-server.ts';

export interface Sample {
  readonly minute: number;
  readonly rounds: number;
  /** Of each server. */
  readonly servers: readonly ServerSample[];
  readonly programs: number;
  /** Absent where one server keeps everything for itself. */
  readonly engines: EngineSample | undefined;
}

export interface SoakRun {
  readonly minutes: number;
  readonly reloads: number;
  /** At rest before the load, and after it. */
  readonly before: Sample;
  readonly after: Sample;
  readonly samples: readonly Sample[];
  readonly rounds: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
  /** Answers 503 with the time after which the request was sent again. */
  readonly repeated: number;
  readonly exitCodes: readonly (number | null)[];
  /** Programs that outlived the servers. */
  readonly programsLeft: number;
}
