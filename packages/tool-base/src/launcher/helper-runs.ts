import { FRAME, type Frame } from './frames.ts';
import { killOrphanPrograms } from './processes/orphan-programs.ts';
import { readLeader, type ProgramTraces } from './processes/program-traces.ts';
import type { OutputStream, ProgramExit, ProgramStartFailure } from './program.ts';
import { readProgramEnd } from './program-end.ts';

export interface RunEvents {
  onOutput(run: number, stream: OutputStream, bytes: Uint8Array): void;
  onEnd(run: number, end: ProgramExit | ProgramStartFailure): void;
  /** The program of a conversation has read so many bytes more. */
  onStdinRead(run: number, bytes: number): void;
}

interface Run {
  readonly directory: string;
  /** Bytes of output that may still come. */
  space: number;
  outputBytes: number;
}

/** What one helper runs, as far as this side started it. Frames about anything else are only counted. */
export class HelperRuns {
  readonly #events: RunEvents;
  readonly #removeDirectory: (directory: string) => void;
  readonly #runs = new Map<number, Run>();
  /** Process group and start time of each run's program. */
  readonly #leaders = new Map<number, readonly [pid: number, startTime: string]>();
  #unexpectedFrames = 0;

  constructor(events: RunEvents, removeDirectory: (directory: string) => void) {
    this.#events = events;
    this.#removeDirectory = removeDirectory;
  }

  /** Frames of runs that do not exist, or beyond the output limit of one. */
  get unexpectedFrames(): number {
    return this.#unexpectedFrames;
  }

  add(run: number, directory: string, maxOutputBytes: number): void {
    this.#runs.set(run, { directory, space: maxOutputBytes, outputBytes: 0 });
  }

  /**
   * @param helper process id of the helper
   * @throws {RangeError} for what is not of the protocol
   */
  receive({ type, run, payload }: Frame, helper: number | undefined): void {
    const known = this.#runs.get(run);
    if (known === undefined) return this.#unexpected();
    switch (type) {
      case FRAME.started:
        return this.#remember(run, payload.readUInt32BE(), helper);
      case FRAME.stdout:
      case FRAME.stderr:
        if (payload.length > known.space) return this.#unexpected();
        known.space -= payload.length;
        known.outputBytes += payload.length;
        return this.#events.onOutput(run, type === FRAME.stdout ? 'stdout' : 'stderr', payload);
      case FRAME.stdinRead:
        return this.#events.onStdinRead(run, payload.readUInt32BE());
      case FRAME.ended:
        return this.#end(run, known, readProgramEnd(payload, known.outputBytes));
      default:
        throw new RangeError(`There is no frame of type ${type}.`);
    }
  }

  /** Kills every program of a helper that is lost. */
  killAll(helper: Omit<ProgramTraces, 'leaders'>): void {
    killOrphanPrograms({ ...helper, leaders: new Map(this.#leaders.values()) });
  }

  #remember(run: number, pid: number, helper: number | undefined): void {
    const startTime = readLeader(pid, helper);
    if (startTime !== undefined) this.#leaders.set(run, [pid, startTime]);
  }

  #end(run: number, { directory }: Run, end: ProgramExit | ProgramStartFailure): void {
    this.#runs.delete(run);
    this.#leaders.delete(run);
    this.#removeDirectory(directory);
    this.#events.onEnd(run, end);
  }

  #unexpected(): void {
    this.#unexpectedFrames += 1;
  }
}
