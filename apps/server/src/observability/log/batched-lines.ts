import type { DestinationStream } from 'pino';

export interface BatchedLines extends DestinationStream {
  /** Writes what is held, now. To be called when the process exits. */
  readonly flush: () => void;
}

/**
 * Writes the lines of one turn of the event loop together: a system call for every line would cost a call of a tool more than
 * its own work. A process that is killed with SIGKILL loses the lines of its last turn, `maxLength` characters at most.
 *
 * @param maxLength characters that are held; more are written at once
 */
export function batchedLines(destination: DestinationStream, maxLength: number): BatchedLines {
  let held = '';
  const flush = (): void => {
    if (held === '') return;
    const text = held;
    held = '';
    destination.write(text);
  };
  return {
    flush,
    write(line) {
      if (held === '') setImmediate(flush);
      held += line;
      if (held.length >= maxLength) flush();
    },
  };
}
