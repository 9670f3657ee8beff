import { closeSync, openSync } from 'node:fs';

/**
 * SIGHUP asks to read the configuration again, and to open the log file again after logrotate has moved it. It is also what a process
 * gets when the terminal that it was started on is closed: then it stops as on Ctrl+C, so that its port is free for the next start.
 * Where standard output goes elsewhere, as under nohup or a service manager, it always means the former.
 */
export function onHangUp(reload: () => void): void {
  const hadTerminal = process.stdout.isTTY && hasTerminal();
  process.on('SIGHUP', () => {
    if (hadTerminal && !hasTerminal()) process.emit('SIGINT');
    else reload();
  });
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
