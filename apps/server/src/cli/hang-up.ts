/**
 * SIGHUP asks to read the configuration again, and to open the log file again after logrotate has moved it. It is also what a process
 * gets when the terminal that it was started on is closed: then it stops as on Ctrl+C, so that its port is free for the next start.
 * Where standard output goes elsewhere, as under nohup or a service manager, it always means the former.
 */
import { closeSync, openSync } from 'node:fs';

export interface HangUps {
  /** The server runs: one that came during the start reloads now. */
  readonly reloadWith: (reload: () => void) => void;
  /** A command that is no server ends on SIGHUP, as programs do. */
  readonly release: () => void;
}

let watched: HangUps | undefined;

/** The first thing that the program does: without a listener, a reload that comes during the start ends the process. */
export function watchHangUps(): HangUps {
  return (watched ??= watch());
}

function watch(): HangUps {
  const hadTerminal = process.stdout.isTTY && hasTerminal();
  let isPending = false;
  let reload = (): void => void (isPending = true);
  const onSignal = (): void => {
    if (!hadTerminal || hasTerminal()) return reload();
    // 128 and the number of the signal, where nothing runs yet that would have to stop in order.
    if (!process.emit('SIGINT')) process.exit(129);
  };
  process.on('SIGHUP', onSignal);
  return {
    reloadWith: (given) => {
      reload = given;
      if (isPending) given();
    },
    release: () => {
      process.off('SIGHUP', onSignal);
      if (isPending) process.kill(process.pid, 'SIGHUP');
    },
  };
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
