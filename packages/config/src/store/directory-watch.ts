import { realpathSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Calls back on any event in the directory of `file`, and in that of the file a symbolic link leads to. The directory,
 * because editors and Kubernetes replace the file, and a watch on the file itself would go on looking at the old one; any
 * event, because a ConfigMap swap renames `..data`. What cannot be watched, or breaks, is left to the caller's poll.
 */
export function watchDirectory(file: string, onEvent: () => void): Disposable {
  const watchers: FSWatcher[] = [];
  for (const directory of directoriesOf(file)) {
    try {
      const watcher = watch(directory, { persistent: false }, onEvent);
      watcher.on('error', () => watcher.close());
      watchers.push(watcher);
    } catch {
      // No such directory at the moment, or no more watches to be had.
    }
  }
  return {
    [Symbol.dispose]: () => {
      for (const watcher of watchers) watcher.close();
    },
  };
}

function directoriesOf(file: string): ReadonlySet<string> {
  const directories = new Set([dirname(file)]);
  try {
    directories.add(dirname(realpathSync(file)));
  } catch {
    // The file may be missing just now.
  }
  return directories;
}
