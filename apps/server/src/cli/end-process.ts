/** The part of `process` that is used. */
export interface EndingProcess extends Pick<
  NodeJS.Process,
  'exit' | 'exitCode' | 'execPath' | 'execve' | 'getActiveResourcesInfo'
> {
  emit(event: 'exit', code: number): unknown;
}

/**
 * Ends this process, whatever is still open. At its exit Node waits for look-ups of names that are in progress, which nothing can
 * stop: with silent name servers that takes half a minute, and a service manager would kill it before. Another program in the place
 * of this one ends with the same exit code at once.
 */
export function endProcess(ending: EndingProcess = process): void {
  if (ending.getActiveResourcesInfo().includes('GetAddrInfoReqWrap')) {
    const code = Number(ending.exitCode ?? 0);
    try {
      // What has to be written at the end, such as the last lines of the log.
      ending.emit('exit', code);
      ending.execve?.(ending.execPath, [ending.execPath, '-e', `process.exitCode = ${code}`], {});
    } catch {
      // Not on this platform.
    }
  }
  ending.exit();
}
