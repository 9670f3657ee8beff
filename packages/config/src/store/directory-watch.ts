import { realpathSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Calls back on any event in the directory of `file`, and in the directory that a symbolic link leads to. Editors and
 * Kubernetes replace the file, so a watch on the file itself would keep watching the old one; a ConfigMap update renames
 * `..data`, so every event counts. Where a watch cannot be set or fails, polling by the caller remains.
 */
export function watchDirectory(file: string, onEvent: () => void): Disposable {
  const watchers: FSWatcher[] = [];
  for (const directory of directoriesOf(file)) {
    try {
      const watcher = watch(directory, { persistent: false }, onEvent);
      watcher.on('error', () => watcher.close());
      watchers.push(watcher);
    } catch {
      // The directory does not exist now, or the limit of watches is reached.
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
    // The file may be missing now.
  }
  return directories;
}
