import type { OpenFiles } from './doctor/open-files.ts';

/** What is worth changing about the way this process was started, one sentence or two each. */
export function processAdvice({
  uid,
  pid,
  files,
}: {
  readonly uid: number | undefined;
  readonly pid: number;
  readonly files: OpenFiles;
}): string[] {
  const advice: string[] = [];
  if (uid === 0) {
    advice.push(
      'This server runs as root: a program that escapes its limits controls the machine. Use a separate user.',
    );
  }
  // Orphaned processes become children of process 1, and Node does not wait for them.
  if (pid === 1) {
    advice.push(
      'This server is process 1 of its container, so orphaned processes stay as zombies. Start an init process before it: docker run --init.',
    );
  }
  const { allowed = Infinity, needed } = files;
  if (allowed < needed) {
    advice.push(
      `A process may open ${allowed} files here, and as many connections and calls as are configured need about ${needed}: without a free one, no client can connect. Raise it (ulimit -n ${needed}, or LimitNOFILE=${needed} in the systemd unit), or lower server.maxConnections.`,
    );
  }
  return advice;
}
