/** File descriptors of one running program (its pipes, in the server and the launcher), and of the server itself. */
const FILES_PER_CALL = 4;
const FILES_OF_SERVER = 128;

export interface OpenFileLimits {
  readonly maxConnections: number;
  /** Calls at the same time. */
  readonly concurrency: number;
}

export interface OpenFiles {
  /** `undefined` where the system does not say. */
  readonly allowed: number | undefined;
  readonly needed: number;
}

/** @param limits the text of `/proc/self/limits` */
export function openFiles(limits: string | undefined, { maxConnections, concurrency }: OpenFileLimits): OpenFiles {
  const soft = /^Max open files\s+(?<soft>\S+)/mu.exec(limits ?? '')?.groups?.['soft'];
  const needed = maxConnections + concurrency * FILES_PER_CALL + FILES_OF_SERVER;
  if (soft === undefined) return { allowed: undefined, needed };
  return { allowed: soft === 'unlimited' ? Infinity : Number(soft), needed };
}
