import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Calls back on any event in the directory of `file`. The directory, because editors and Kubernetes replace the file, and
 * a watch on the file itself would go on looking at the old one; any event, because a ConfigMap swap renames `..data`.
 * A watch that cannot be had, or that breaks, is left to the caller's poll.
 */
export function watchDirectory(file: string, onEvent: () => void): Disposable {
  let watcher: FSWatcher | undefined;
  const close = (): void => {
    watcher?.close();
    watcher = undefined;
  };
  try {
    watcher = watch(dirname(file), { persistent: false }, onEvent);
    watcher.on('error', close);
  } catch {
    close();
  }
  return { [Symbol.dispose]: close };
}
