/**
 * A test that has lost the id of its process must not end the processes of whoever runs it: 0 is the own process group, 1 the first
 * process of the machine, -1 everything.
 */

const kill = process.kill.bind(process);

process.kill = (pid: number, signal?: string | number): true => {
  if (signal !== 0 && !(Number.isSafeInteger(pid) && Math.abs(pid) > 1)) {
    throw new RangeError(`A test must not send ${String(signal)} to ${String(pid)}: that is no process of its own.`);
  }
  return kill(pid, signal);
};
